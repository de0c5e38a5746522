internal import ArgumentParser
internal import JOSE
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// The two requests of the VPC API that enabling the metadata service takes.
struct VPCAPI {
    let url: ServiceURL
    let tls: NIOSSLContext?
    let token: Redacted<String>

    private static let query = "version=2026-06-23&generation=2"
    private static let bodyLimit = 4 * 1_024 * 1_024

    /// How the metadata service of the instance is set now.
    func settings(of instance: ResourceID) async throws(CommandFailure) -> MetadataSettings {
        try await send(.GET, instance, body: nil)
    }

    /// Sends `changes` and nothing else of the settings.
    ///
    /// - Returns: how they are after that, as the API says.
    func change(
        _ instance: ResourceID,
        _ changes: [(name: String, value: String)]
    ) async throws(CommandFailure) -> MetadataSettings {
        let members = changes.map { #""\#($0.name)":\#($0.value)"# }.joined(separator: ",")
        return try await send(.PATCH, instance, body: Array(#"{"metadata_service":{\#(members)}}"#.utf8))
    }

    private func send(
        _ method: HTTPMethod,
        _ instance: ResourceID,
        body: [UInt8]?
    ) async throws(CommandFailure) -> MetadataSettings {
        var exchange = HTTPExchange(
            endpoint: .host(name: url.host, port: url.port, tls: tls),
            method: method,
            target: "/v1/instances/\(instance.text)?\(Self.query)",
            host: url.authority,
            bodyLimit: Self.bodyLimit,
            deadline: .seconds(30)
        )
        exchange.headers = [("Authorization", "Bearer \(token.exposed)")]
        // RFC 7396: members that are not named stay as they are.
        if body != nil { exchange.headers.append(("Content-Type", "application/merge-patch+json")) }
        exchange.body = body
        let answer: HTTPAnswer
        do {
            answer = try await exchange.perform()
        } catch {
            throw CommandFailure(.unavailable, "no answer from the VPC API at \(url): \(error)")
        }
        guard answer.status == 200 else { throw failure(answer, method, instance) }
        let limits = JSONLimits(size: Self.bodyLimit, depth: 32)
        let document = try? JSONDocument(parsing: answer.body, limits: limits)
        guard let settings = document.flatMap({ MetadataSettings($0.root) }) else {
            throw CommandFailure(.unavailable, "the VPC API at \(url) answered without the settings of the service")
        }
        return settings
    }

    private func failure(_ answer: HTTPAnswer, _ method: HTTPMethod, _ instance: ResourceID) -> CommandFailure {
        let document = try? JSONDocument(parsing: answer.body, limits: JSONLimits(size: 64 * 1_024))
        let error = document?.root["errors"]?.array?.first
        let words = [error?["code"]?.string, error?["message"]?.string]
            .compactMap { $0 }
            .map { String($0.replacing(token.exposed, with: "<redacted>").prefix(400)) }
        let said = words.isEmpty ? "no explanation" : words.joined(separator: ": ")
        let message = "the VPC API at \(url) answered with status \(answer.status): \(said)"
        let role =
            method == .GET
            ? "the role Viewer (is.instance.instance.read)" : "the role Editor (is.instance.instance.update)"
        switch answer.status {
        case 401:
            return CommandFailure(
                .unavailable,
                message,
                hint: "the token of the profile is not accepted; the profile needs \(role) on the instance"
            )
        case 403:
            return CommandFailure(.refused, message, hint: "give the profile \(role) on the instance in IAM")
        case 404:
            return CommandFailure(
                .rejected,
                message,
                hint:
                    "check the ID \(instance.text) and the region; without a role on it, an instance is not found either"
            )
        case 429, 500...:
            return CommandFailure(
                .unavailable,
                message,
                hint: answer.retryAfter.map { "try again in \($0) s" }
            )
        case 300..<400: return CommandFailure(.unavailable, message, hint: "redirects are not followed")
        default: return CommandFailure(.rejected, message)
        }
    }
}
