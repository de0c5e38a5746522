import BrokerTesting
import JOSE
import NIOHTTP1
import StatusPage
import Testing
import TokenBroker

@testable import BrokerServer

/// Who sees the page over TCP.
struct PageRoutesTests {
    private static let hosts: Set<String> = ["127.0.0.1:8170", "localhost:8170"]
    private static let own = ("Host", "127.0.0.1:8170")

    private struct Setting {
        let world: World
        let access = PageAccess()
        let routes: PageRoutes

        init() throws {
            world = try World()
            let page = PageSource(try StatusPage(), configuration: [])
            let admin = AdminRoutes(
                broker: world.broker,
                gate: world.gate,
                attestor: world.attestor,
                recorder: world.recorder,
                page: page,
                logger: world.logger
            )
            routes = PageRoutes(admin, access: access, time: world.time)
        }

        var token: String { access.secret.exposed }

        func ask(
            _ target: String,
            _ fields: [(String, String)],
            method: HTTPMethod = .GET,
            from userID: UInt32? = 1_000
        ) async -> Response {
            let head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: HTTPHeaders(fields))
            return await routes.respond(to: Request(head: head, body: []), hosts: PageRoutesTests.hosts, from: userID)
        }

        /// The cookie that a browser keeps.
        func cookie() async throws -> (String, String) {
            let entered = await ask("/?access=\(token)", [PageRoutesTests.own])
            #expect(entered.status == 303)
            let field = try #require(entered.fields.first { $0.name == "Set-Cookie" })
            return ("Cookie", String(field.value.prefix { $0 != ";" }))
        }
    }

    private static func text(_ response: Response) -> String { String(decoding: response.body, as: UTF8.self) }

    /// Browsers send the cookies of a host to all of its ports: whoever listens at another one gets it.
    @Test func aCookieIsOfNoUseToAnotherUser() async throws {
        let setting = try Setting()
        let cookie = try await setting.cookie()
        #expect(await setting.ask("/", [Self.own, cookie]).status == 200)
        #expect(await setting.ask("/", [Self.own, cookie], from: 1_001).status == 401)
        #expect(await setting.ask("/", [Self.own, cookie], from: nil).status == 401)
        #expect(await setting.ask("/?access=\(setting.token)", [Self.own], from: nil).status == 401)
    }

    @Test func theTokenInTheAddressBecomesACookie() async throws {
        let setting = try Setting()
        let entered = await setting.ask("/?access=\(setting.token)", [Self.own])
        #expect(entered.status == 303)
        #expect(entered.fields.contains { $0 == ("Location", "/") })
        let cookie = try #require(entered.fields.first { $0.name == "Set-Cookie" }).value
        #expect(cookie.hasPrefix("iam-broker-page="))
        for word in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=28800"] {
            #expect(cookie.contains(word))
        }
        // The token itself goes nowhere.
        #expect(!cookie.contains(setting.token) && !Self.text(entered).contains(setting.token))
        let page = await setting.ask("/", [Self.own, try await setting.cookie()])
        #expect(page.status == 200)
        #expect(page.contentType == "text/html; charset=utf-8")
        #expect(!Self.text(page).contains(setting.token))
        #expect(await setting.ask("/?refresh=30", [Self.own, try await setting.cookie()]).status == 200)
    }

    @Test func theTokenInAFieldIsEnough() async throws {
        let setting = try Setting()
        let fields = [Self.own, ("Authorization", "Bearer \(setting.token)")]
        #expect(await setting.ask("/", fields).status == 200)
        #expect(await setting.ask("/v1/status", fields).status == 404)
        #expect(await setting.ask("/v1/lock", fields, method: .POST).status == 405)
    }

    @Test func withoutItThereAreWordsAndNothingElse() async throws {
        let setting = try Setting()
        let cookie = try await setting.cookie()
        let wrong: [[(String, String)]] = [
            [], [("Authorization", "Bearer ")], [("Authorization", "Bearer \(setting.token)x")],
            [("Authorization", "Basic \(setting.token)")],
            [("Authorization", "Bearer \(setting.token)"), ("Authorization", "Bearer \(setting.token)")],
            [("Cookie", "iam-broker-page=\(setting.token)")], [("Cookie", cookie.1 + "A")],
            [("Cookie", "other=\(cookie.1.dropFirst(16))")], [("Cookie", "iam-broker-page=99999999999.AAAA")],
            [("Cookie", "iam-broker-page=")], [("Cookie", "iam-broker-page")],
            [("Authorization", "Bearer x"), cookie],
        ]
        for fields in wrong {
            let response = await setting.ask("/", [Self.own] + fields)
            #expect(response.status == 401, "\(fields)")
            #expect(Self.text(response).contains("sudo iam-broker page"))
            // Whoever knows nothing does not learn which paths there are.
            #expect(await setting.ask("/v1/status", [Self.own] + fields).status == 401)
        }
        for token in ["", "x", String(setting.token.dropLast()), setting.token + "=", "%41"] {
            let response = await setting.ask("/?access=\(token)", [Self.own])
            #expect(response.status == 401, "\(token)")
            #expect(!response.fields.contains { $0.name == "Set-Cookie" })
        }
    }

    @Test func aCookieEndsAndIsOfOneDaemonAlone() async throws {
        let setting = try Setting()
        let cookie = try await setting.cookie()
        setting.world.time.advance(by: .seconds(8 * 3_600 - 1))
        #expect(await setting.ask("/", [Self.own, cookie]).status == 200)
        setting.world.time.advance(by: .seconds(1))
        #expect(await setting.ask("/", [Self.own, cookie]).status == 401)
        let other = try Setting()
        #expect(await other.ask("/", [Self.own, try await setting.cookie()]).status == 401)
        // Among those that other programs set for the same host it is found.
        let mine = try await setting.cookie().1
        #expect(await setting.ask("/", [Self.own, ("Cookie", "a=b; \(mine); c=d")]).status == 200)
    }

    @Test(arguments: [
        [("Host", "evil.example:8170")], [("Host", "127.0.0.1")], [("Host", "127.0.0.1:80")], [],
        [("Host", "127.0.0.1:8170"), ("Host", "127.0.0.1:8170")],
        [("Host", "127.0.0.1:8170"), ("Origin", "http://evil.example")],
        [("Host", "127.0.0.1:8170"), ("Origin", "null")],
        [("Host", "127.0.0.1:8170"), ("Sec-Fetch-Dest", "iframe")],
        [("Host", "127.0.0.1:8170"), ("Sec-Fetch-Dest", "image")],
        [("Host", "127.0.0.1:8170"), ("Sec-Fetch-Dest", "empty")],
    ])
    func anotherPageGetsNothingEvenWithTheToken(fields: [(String, String)]) async throws {
        let setting = try Setting()
        let shown = [("Authorization", "Bearer \(setting.token)")]
        #expect(await setting.ask("/", fields + shown).status == 403)
        #expect(await setting.ask("/?access=\(setting.token)", fields).status == 403)
    }

    @Test(arguments: [
        [("Host", "LOCALHOST:8170")], [("Host", "127.0.0.1:8170"), ("Origin", "http://127.0.0.1:8170")],
        [("Host", "127.0.0.1:8170"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Site", "none")],
    ])
    func aPersonWhoOpensItIsServed(fields: [(String, String)]) async throws {
        let setting = try Setting()
        #expect(await setting.ask("/", fields + [("Authorization", "Bearer \(setting.token)")]).status == 200)
    }

    @Test func itCanOnlyBeRead() async throws {
        let setting = try Setting()
        for method in [HTTPMethod.POST, .PUT, .DELETE, .HEAD, .OPTIONS] {
            let fields = [Self.own, ("Authorization", "Bearer \(setting.token)")]
            let response = await setting.ask("/", fields, method: method)
            #expect(response.status == 405)
            #expect(response.allow == "GET")
        }
    }

    @Test func noTwoTokensAreTheSame() {
        let tokens = (0..<8).map { _ in PageAccess().secret.exposed }
        #expect(Set(tokens).count == 8)
        // 256 bits.
        #expect(tokens.allSatisfy { $0.utf8.count == 43 })
        #expect("\(PageAccess().secret)" == "<redacted>")
    }
}
