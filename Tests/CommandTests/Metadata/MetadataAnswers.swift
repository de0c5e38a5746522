import Foundation

/// What the broker's emulation, or the metadata service, answers in these tests.
enum MetadataAnswers {
    static let token = "eyJhbGciOiJSUzI1NiJ9.session.c2lnbmF0dXJl"

    static let identityToken = FakeDaemon.Script.answer("200 OK", #"{"access_token":"\#(token)","expires_in":300}"#)

    /// The documents of one made-up instance.
    static func instance(_ request: ScriptedServer.Request) -> FakeDaemon.Script {
        if request.line == "PUT /identity/v1/token?version=2025-08-26 HTTP/1.1" { return identityToken }
        guard request.line.hasPrefix("GET /metadata/v1/"), request.fields["authorization"] == "Bearer \(token)" else {
            return error("401 Unauthorized", "unauthenticated")
        }
        let path = request.path.dropFirst("/metadata/v1/".count)
        let names = path.split(separator: "/")
        guard let last = names.last else { return error("404 Not Found", "not_found") }
        if let text = try? Fixture.text("metadata_\(last).json") { return .answer("200 OK", text) }
        guard let list = names.dropLast().last, let text = try? Fixture.text("metadata_\(list).json"),
            let document = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
            let entries = document[String(list)] as? [[String: Any]],
            let entry = entries.first(where: { $0["id"] as? String == String(last) }),
            let one = try? JSONSerialization.data(withJSONObject: entry, options: .sortedKeys)
        else { return error("404 Not Found", "not_found") }
        return .answer("200 OK", String(decoding: one, as: UTF8.self))
    }

    static func error(_ status: String, _ code: String, headers: String = "") -> FakeDaemon.Script {
        let error = #"{"code":"\#(code)","message":"the \#(code) reason for \#(token)"}"#
        return .answer(status, #"{"errors":[\#(error)],"trace":"7c1b0a9f"}"#, headers: headers)
    }

    /// An identity token, and then this for every document.
    static func then(_ script: FakeDaemon.Script) -> ScriptedServer.Answers {
        { $0.line.hasPrefix("PUT ") ? identityToken : script }
    }
}
