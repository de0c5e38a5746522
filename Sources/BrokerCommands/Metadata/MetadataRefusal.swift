internal import ArgumentParser
internal import JOSE

/// An answer of the metadata service, or of the broker in its place, that says no.
struct MetadataRefusal {
    let status: Int
    private let retryAfter: Int?
    private let code: String?
    private let text: String?
    private let trace: String?
    let endpoint: MetadataEndpoint

    /// Characters of a message that are passed on.
    private static let longest = 400

    /// Nothing of `token` is passed on, should the answer repeat it.
    init(_ answer: HTTPAnswer, _ endpoint: MetadataEndpoint, token: Redacted<String>?) {
        (status, retryAfter, self.endpoint) = (answer.status, answer.retryAfter, endpoint)
        let document = try? JSONDocument(parsing: answer.body, limits: JSONLimits(size: 64 * 1_024))
        // The broker's own routes have another shape.
        let error = document?.root["errors"]?.array?.first ?? document?.root["error"]
        let clean = { (text: String) in
            String((token.map { text.replacing($0.exposed, with: "<redacted>") } ?? text).prefix(Self.longest))
        }
        code = error?["code"]?.string.map(clean)
        text = error?["message"]?.string.map(clean)
        trace = document?.root["trace"]?.string.map(clean)
    }

    /// What the command ends with.
    ///
    /// `what` is what was read, as people call it; `nil` for an identity token.
    func failure(what: String?) -> CommandFailure {
        switch status {
        case 403 where endpoint.isDirect:
            CommandFailure(.unavailable, message, hint: MetadataEndpoint.silence)
        case 403:
            CommandFailure(
                .refused,
                message,
                hint: """
                    the policy must grant this to this process: an entry of metadata, and user_data or the path of \
                    the initialization document by name
                    """
            )
        case 404 where what == nil:
            CommandFailure(
                .unavailable,
                "\(endpoint.name) does not serve metadata",
                hint: endpoint.isDirect ? nil : "check that the daemon has the same version: iam-brokerd --version"
            )
        case 404: CommandFailure(.rejected, "no such \(what ?? "resource")", hint: nil)
        case 429, 503: CommandFailure(.unavailable, message, hint: retryAfter.map { "try again in \($0) s" })
        case 400: CommandFailure(.internalFailure, message)
        case 300..<400: CommandFailure(.unavailable, message, hint: "redirects are not followed")
        default: CommandFailure(.unavailable, message)
        }
    }

    var message: String {
        let answered = "\(endpoint.name) answered with status \(status)"
        guard let text else { return "\(answered) and no explanation" }
        let code = code.map { "\($0): " } ?? ""
        return "\(answered): \(code)\(text)" + (trace.map { " (trace \($0))" } ?? "")
    }
}
