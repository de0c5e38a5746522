internal import FoundationEssentials
internal import JOSE
internal import KeyRotation
internal import MessageDigests
internal import NIOHTTP1

/// Uses an HMAC pair for real: lists at most one object of a bucket with it.
struct BucketProbe: Sendable {
    let endpoint: ServiceURL
    let bucket: String
    let transport: HTTPTransport
    let now: @Sendable () -> Date

    /// SHA-256 of nothing.
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    /// A page with one object is below 8 KB.
    private static let answerLimit = 64 * 1_024

    /// Uses the pair; whether it works is told by what is thrown.
    func use(_ accessKeyID: String, _ secret: Redacted<String>, _ subject: String) async throws(CallStop) {
        guard !Task.isCancelled else { throw .interrupted }
        let call: ServiceCall
        do {
            call = try signed(accessKeyID, secret, subject)
        } catch {
            throw .fault(IssuerFault(.notSent, "\(subject): \(error)"))
        }
        let answer: HTTPAnswer
        do {
            answer = try await transport.send(call.request(to: endpoint, bearer: nil), limit: Self.answerLimit)
        } catch {
            guard error != .cancelled else { throw .interrupted }
            throw .fault(call.fault(error.issuerCode, "\(error); \(error.issuerAdvice("Object Storage", endpoint))"))
        }
        guard answer.status == 200 else { throw .fault(fault(of: call, answer)) }
        // A proxy or a portal answers with 200 too.
        guard String(decoding: answer.body, as: UTF8.self).contains("<ListBucketResult") else {
            throw call.malformed(.member("ListBucketResult"), from: "Object Storage")
        }
    }

    private func signed(
        _ accessKeyID: String,
        _ secret: Redacted<String>,
        _ subject: String
    ) throws(DigestError) -> ServiceCall {
        let target = "/\(PercentText.encoded(bucket))"
        let query = [(name: "list-type", value: "2"), (name: "max-keys", value: "1")]
        let instant: String = now().formatted(Date.ISO8601FormatStyle())
        let time = instant.replacing("-", with: "").replacing(":", with: "")
        let page = "\(target)?list-type=2&max-keys=1"
        var call = ServiceCall(subject, HTTPMethod.GET, page)
        call.headers = [
            ("Host", endpoint.authority), ("X-Amz-Content-Sha256", Self.emptyHash), ("X-Amz-Date", time),
        ]
        let signer = RequestSigner(
            accessKeyID: accessKeyID,
            secretAccessKey: secret,
            region: endpoint.storageRegion,
            service: "s3"
        )
        let request = RequestSigner.Request(
            method: "GET",
            path: endpoint.path + target,
            query: query,
            headers: call.headers,
            payloadHash: Self.emptyHash
        )
        call.headers.append(("Authorization", try signer.authorization(request, at: time)))
        return call
    }

    private func fault(of call: ServiceCall, _ answer: HTTPAnswer) -> IssuerFault {
        let code = Self.code(in: answer.body)
        let (meaning, advice): (IssuerFault.Code, String) =
            switch (answer.status, code) {
            case (403, "RequestTimeTooSkewed"):
                (.rejected, "the clock of this machine is wrong; set it")
            case (403, "AccessDenied"):
                (
                    .notUsable,
                    "the pair may not list the bucket \(bucket), or not yet; give its service ID Reader on the bucket"
                )
            case (401, _), (403, _): (.notUsable, "Object Storage does not know the pair, or not yet")
            case (404, _): (.rejected, "there is no bucket \(bucket); check the bucket and the endpoint in the plan")
            case (429, _): (.rateLimited, "Object Storage asks to be called less often; it is tried again later")
            case (408, _), (500..., _): (.unknownOutcome, "Object Storage failed; it is tried again")
            case (300..<500, _):
                (.rejected, "Object Storage does not accept the call; check the endpoint and the bucket in the plan")
            default: (.unknownOutcome, "Object Storage answered with a status that means nothing here")
            }
        let retryAfter = answer.status == 429 || answer.status == 503 ? answer.retryAfter : nil
        let reference = StatusVerdict(answer.status).reference(code: code, ("", nil))
        return call.fault(
            meaning,
            "\(advice) \(reference)",
            retryAfter: retryAfter.flatMap { RetryAfter.parse($0, now: now()) }.map { $0 / .seconds(1) }
        )
    }

    /// What stands in `<Code>` of an error of S3.
    private static func code(in body: [UInt8]) -> String? {
        let text = String(decoding: body, as: UTF8.self)
        guard let start = text.firstRange(of: "<Code>")?.upperBound,
            let end = text[start...].firstRange(of: "</Code>")?.lowerBound
        else { return nil }
        return ForeignText.identifier(String(text[start..<end]))
    }
}

extension ServiceURL {
    /// The region that signatures for an endpoint name: the label before `cloud-object-storage`, as in
    /// `s3.private.us-south.cloud-object-storage.appdomain.cloud`.
    ///
    /// Object Storage takes any, so an endpoint of another form gets the one that S3 has by default.
    var storageRegion: String {
        let labels = host.split(separator: ".")
        guard let index = labels.firstIndex(of: "cloud-object-storage"), index > 0 else { return "us-east-1" }
        return String(labels[index - 1])
    }
}
