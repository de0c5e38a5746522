internal import ArgumentParser
internal import JOSE
internal import NIOCore
internal import NIOHTTP1

/// The right to read metadata for five minutes: an identity token, which is never printed.
struct MetadataSession: Sendable {
    let endpoint: MetadataEndpoint
    private let token: Redacted<String>
    private let family: PathFamily

    /// Where identity tokens and certificates are made, and the `version` of every request.
    private struct PathFamily {
        let path: String
        let version: String
    }

    private static let families = [
        PathFamily(path: "/identity/v1", version: "2025-08-26"),
        PathFamily(path: "/instance_identity/v1", version: "2022-03-01"),
    ]

    /// Gets an identity token; a service that does not know the newer path is asked at the older one.
    init(with endpoint: MetadataEndpoint) async throws(CommandFailure) {
        var answer = HTTPAnswer(status: 404, body: [])
        var family = Self.families[0]
        for known in endpoint.isDirect ? Self.families[...] : Self.families.prefix(1) where answer.status == 404 {
            family = known
            answer = try await endpoint.send(
                .PUT,
                "\(family.path)/token?version=\(family.version)",
                headers: [("Metadata-Flavor", "ibm")],
                body: Array(#"{"expires_in":300}"#.utf8)
            )
        }
        guard (200..<300).contains(answer.status) else {
            throw MetadataRefusal(answer, endpoint, token: nil).failure(what: nil)
        }
        let document = try? JSONDocument(parsing: answer.body, limits: JSONLimits(size: 64 * 1_024))
        guard let text = document?.root["access_token"]?.string, (1...32_768).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw CommandFailure(.unavailable, "\(endpoint.name) answered without an identity token") }
        (self.endpoint, self.family, token) = (endpoint, family, Redacted(text))
    }

    /// Sends `body` to `name`, beside where the identity token came from; the answer may be a refusal.
    func post(_ name: String, body: [UInt8]) async throws(CommandFailure) -> HTTPAnswer {
        try await endpoint.send(
            .POST,
            "\(family.path)/\(name)?version=\(family.version)",
            headers: [("Authorization", "Bearer \(token.exposed)")],
            body: body
        )
    }

    /// What an answer that is a refusal says.
    func refusal(_ answer: HTTPAnswer) -> MetadataRefusal { MetadataRefusal(answer, endpoint, token: token) }

    /// Reads the document at `path` below `/metadata/v1/`.
    ///
    /// `what` is what there is none of when there is none, as people call it.
    func document(_ path: String, what: String) async throws(CommandFailure) -> JSONDocument {
        try await page(path, start: nil, what: what).document
    }

    /// The same for the page `start` of a list, as an earlier page named it, with the bytes that it took.
    func page(
        _ path: String,
        start: String?,
        what: String
    ) async throws(CommandFailure) -> (document: JSONDocument, size: Int) {
        var target = "/metadata/v1/\(path)?version=\(family.version)"
        if let start { target += "&start=\(BrokerClient.percentEncoding(start))" }
        let answer = try await endpoint.send(
            .GET,
            target,
            headers: [("Authorization", "Bearer \(token.exposed)")]
        )
        guard answer.status == 200 else {
            throw refusal(answer).failure(what: what)
        }
        do {
            let limits = JSONLimits(size: MetadataEndpoint.bodyLimit, depth: 32)
            let document = try JSONDocument(parsing: answer.body, limits: limits)
            guard document.root.isObject else { throw JSONError.notObject }
            return (document, answer.body.count)
        } catch {
            throw CommandFailure(.unavailable, "the answer of \(endpoint.name) cannot be used: \(error)")
        }
    }
}
