internal import BrokerAPI
internal import NIOHTTP1
internal import TokenBroker

extension SpanSource {
    /// Answers a request within a span that is named by OpenTelemetry's conventions for HTTP.
    func answer(to request: Request, _ routes: RequestHandler.Routes) async -> Response {
        let method = Self.methods.contains(request.method.rawValue) ? request.method.rawValue : nil
        let route = Self.route(request.path)
        let name = [method ?? "HTTP", route].compactMap(\.self).joined(separator: " ")
        return await span(name, kind: .server) { note in
            note.set("http.request.method", method ?? "_OTHER")
            if let route { note.set("http.route", route) }
            let response = await routes(request)
            note.set("http.response.status_code", response.status)
            if response.status >= 500 { note.fail("\(response.status)") }
            return response
        }
    }

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]

    /// The path where it is one of ours; what a client made up may be anything, a secret too.
    private static func route(_ path: String) -> String? {
        if paths.contains(path) { return path }
        if path.hasPrefix(BrokerPath.bound + "/") { return BrokerPath.bound + "/{profile}/{path}" }
        if path.hasPrefix("/metadata/v1/") { return "/metadata/v1/{path}" }
        return nil
    }

    private static let paths: Set<String> = [
        BrokerPath.token, BrokerPath.tokenWatch, BrokerPath.profiles, BrokerPath.verify, "/identity/v1/token",
        "/identity/v1/iam_tokens", "/identity/v1/certificates", "/instance_identity/v1/token",
        "/instance_identity/v1/iam_token", "/instance_identity/v1/certificates", "/identity/token", "/identity/keys",
    ]
}
