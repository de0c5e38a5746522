import Foundation
import Testing

/// The page on a port of this machine: for operators alone, although everybody can connect.
@Suite(.timeLimit(.minutes(2)))
struct PageAccessTests {
    private func ask(
        _ port: UInt16,
        _ target: String,
        _ fields: [String] = [],
        host: String? = nil
    ) async throws -> Reply {
        try await blocking {
            let connection = try Connection(port: port)
            let lines = ["GET \(target) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")"] + fields
            try connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
            return try #require(try connection.receive())
        }
    }

    @Test func whoMayReadTheTokenSeesThePage() async throws {
        var setup = Setup()
        setup.page = "127.0.0.1:0"
        var file = ""
        try await World.run(setup) { world in
            let match = try #require(world.daemon.log.text.firstMatch(of: /page=127\.0\.0\.1:([0-9]+)/))
            let port = try #require(UInt16(match.1))
            file = world.folder.path("page-token")
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o640)

            let refused = try await ask(port, "/")
            #expect(refused.status == 401)
            #expect(refused.body.contains("sudo iam-broker page"))
            #expect(refused.headers["www-authenticate"] == "Bearer")

            let run = try await Program.command.run(["page", "--socket", world.admin])
            #expect(run.exitCode == 0, "\(run.errors)")
            let url = run.output.trimmingCharacters(in: .newlines)
            let start = "http://127.0.0.1:\(port)/?access="
            try #require(url.hasPrefix(start))
            let token = String(url.dropFirst(start.count))
            #expect(token.utf8.count == 43)

            // Not even with the token is somebody served who calls it by another name.
            #expect(try await ask(port, "/?access=\(token)", host: "evil.example:\(port)").status == 403)
            #expect(try await ask(port, "/", ["Authorization: Bearer \(token)"], host: "evil.example").status == 403)
            let entered = try await ask(port, "/?access=\(token)")
            #expect(entered.status == 303)
            #expect(entered.headers["location"] == "/")
            let cookie = try #require(entered.headers["set-cookie"]).prefix { $0 != ";" }
            let page = try await ask(port, "/", ["Cookie: \(cookie)"])
            #expect(page.status == 200)
            #expect(page.body.contains("<title>iam-broker: ok</title>"))
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(page.headers["cache-control"] == "no-store")
            #expect(try await ask(port, "/v1/status", ["Authorization: Bearer \(token)"]).status == 404)

            let isTold = [world.daemon.log.text, page.body, entered.headers["set-cookie"] ?? ""]
                .contains { $0.contains(token) }
            #expect(!isTold, "the access token is where it should not be")
            // Health counts this listener, too.
            #expect(try await status(world).contains("\"page\":{\"address\":\"127.0.0.1:\(port)\""))
        }
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    private func status(_ world: World) async throws -> String {
        try await Program.command.run(["status", "--json", "--socket", world.admin]).output
    }

    @Test func withoutOneThereIsAHint() async throws {
        try await World.run { world in
            let run = try await Program.command.run(["page", "--socket", world.admin])
            #expect(run.exitCode == 78)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("hint: set listen.page to 127.0.0.1:8171"))
        }
    }
}
