internal import FoundationEssentials
internal import JOSE
internal import KeyRotation

/// An answer that is none of success: its status, and what its body says in any of the shapes that IBM's services have
/// (reference: IBM API, sections 3.6, 9.1, 9.4, 9.5 and 9.6).
struct ServiceRefusal {
    let status: Int
    /// As the services spell them, the most particular one first.
    let codes: [String]
    /// Free text: it is looked at and never passed on, as it may repeat what was sent.
    private let texts: [String]
    private let trace: String?
    private let answer: HTTPAnswer

    init(_ answer: HTTPAnswer) {
        self.answer = answer
        status = answer.status
        // An error without a readable body is still told by its status.
        let body = try? answer.object()
        let error = body?["errors"]?.array?.first ?? body?["resources"]?.array?.first?["reasons"]?.array?.first
        codes = [error?["code"], error?["message_code"], body?["error_code"], body?["errorCode"]]
            .compactMap { $0?.string }
        texts = [error?["message"], error?["details"], body?["message"]].compactMap { $0?.string }
        trace =
            [body?["trace"], body?["transaction_id"], body?["context"]?["requestId"]].compactMap { $0?.string }.first
    }

    /// Whether it says that there are as many keys as there may be.
    ///
    /// IBM does not document the code, so its words are looked at: of the code, and of the text only such as leave no
    /// doubt. Being slowed down is another thing, and has its own status.
    var isAboutQuota: Bool {
        guard [400, 403, 409].contains(status) else { return false }
        let code = codes.map { $0.lowercased() }.joined(separator: " ")
        let text = texts.map { $0.lowercased() }.joined(separator: " ")
        return code.contains("quota") || code.contains("limit_") || code.contains("_limit") || text.contains("quota")
            || text.contains("maximum number") || text.contains("limit reached") || text.contains("limit exceeded")
            || text.contains("limit has been reached") || text.contains("exceeds the limit")
    }

    func fault(
        of call: ServiceCall,
        _ client: ServiceClient,
        known: (ServiceRefusal) -> KnownRefusal?,
        now: Date
    ) -> IssuerFault {
        let meaning = known(self) ?? meaning(call, client)
        var retryAfter = meaning.retryAfter
        if status == 429 || status == 503, let asked = answer.retryAfter.flatMap({ RetryAfter.parse($0, now: now) }) {
            retryAfter = asked / .seconds(1)
        }
        let reference = StatusVerdict(status).reference(code: codes.first, ("trace", trace))
        return call.fault(meaning.code, "\(meaning.advice) \(reference)", retryAfter: retryAfter)
    }

    private func meaning(_ call: ServiceCall, _ client: ServiceClient) -> KnownRefusal {
        let name = client.name
        return switch status {
        case _ where isAboutQuota:
            KnownRefusal(.quotaExceeded, "there are as many keys as there may be; delete those that nobody uses")
        case 300..<400:
            KnownRefusal(
                .rejected,
                "\(name) answered with a redirect, which is not followed; check the URL \(client.url)"
            )
        case 401:
            KnownRefusal(
                .unauthorized,
                "\(name) does not accept the IAM token; check the clock of this machine and the URL \(client.url)"
            )
        case 403: KnownRefusal(.forbidden, "the profile of the plan may not do that; give it \(client.role)")
        case 404, 410:
            call.absence.map { KnownRefusal(.rejected, $0) }
                ?? KnownRefusal(.notFound, "\(name) has no such key, or not yet")
        case 409:
            KnownRefusal(
                .conflict,
                "\(name) says that its state forbids it, or that it exists already; look at it there"
            )
        case 412: KnownRefusal(.locked, "a lock is on it; find out who set it, and remove it there")
        case 429:
            KnownRefusal(.rateLimited, "\(name) asks to be called less often; it is tried again later")
        case 408, 500...:
            KnownRefusal(.unknownOutcome, "\(name) failed, and may have done it all the same; it is looked at again")
        case 400..<500:
            KnownRefusal(.rejected, "\(name) does not accept the call; check the IDs and the URL in the plan")
        default: KnownRefusal(.unknownOutcome, "\(name) answered with a status that means nothing here; check the URL")
        }
    }
}
