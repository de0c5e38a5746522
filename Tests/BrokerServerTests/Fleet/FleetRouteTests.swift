import AccessPolicy
import BrokerAPI
import Foundation
import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import BrokerServer

/// What operators may ask of a fleet, and how it is answered.
struct FleetRouteTests {
    private final class ScriptedDesk: Sendable {
        private let noted = Mutex<[String]>([])
        let reply: FleetReply
        var calls: [String] { noted.withLock { $0 } }

        init(_ reply: FleetReply = .done(fleet)) { self.reply = reply }

        static let fleet = FleetResponse(fleet: "f", node: "a", trouble: nil, nodes: [], plans: [])

        var desk: FleetDesk {
            FleetDesk(
                fleet: {
                    self.noted.withLock { $0.append("fleet") }
                    return self.reply
                },
                demand: { demand, node in
                    self.noted.withLock { $0.append("\(demand.rawValue) \(node)") }
                    return self.reply
                }
            )
        }
    }

    private func ask(_ method: String, _ target: String, _ desk: ScriptedDesk = ScriptedDesk()) async -> Response {
        let head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: target)
        let routes = FleetRoutes(
            desk.desk,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        return await routes.respond(
            to: Request(head: head, body: []),
            from: ScriptedPeer(Workload(processID: 1, userID: 0))
        )
    }

    @Test(arguments: [
        ("GET", "/v1/fleet", "fleet"), ("POST", "/v1/fleet/drain?node=a", "drain a"),
        ("POST", "/v1/fleet/undrain?node=a", "undrain a"), ("POST", "/v1/fleet/forget?node=a", "forget a"),
    ])
    func whatIsAskedRightReachesTheDesk(method: String, target: String, call: String) async throws {
        let desk = ScriptedDesk()
        let answer = await ask(method, target, desk)
        #expect(answer.status == 200)
        #expect(desk.calls == [call])
        #expect(try JSONDecoder().decode(FleetResponse.self, from: Data(answer.body)) == ScriptedDesk.fleet)
    }

    @Test(arguments: [
        ("GET", "/v1/fleet?node=a", 400), ("POST", "/v1/fleet/drain", 400), ("POST", "/v1/fleet/drain?plan=a", 400),
        ("POST", "/v1/fleet/forget?node=a&node=b", 400), ("GET", "/v1/fleet/drain?node=a", 405),
        ("POST", "/v1/fleet", 405), ("DELETE", "/v1/fleet/forget?node=a", 405), ("GET", "/v1/fleet/other", 404),
    ])
    func whatIsAskedWrongReachesNobody(method: String, target: String, status: Int) async {
        let desk = ScriptedDesk()
        #expect(await ask(method, target, desk).status == status)
        #expect(desk.calls.isEmpty)
    }

    @Test func whatTheDeskSaysIsToldWithItsStatus() async {
        let refused = await ask("POST", "/v1/fleet/forget?node=a", ScriptedDesk(.refused("its session lasts")))
        #expect(refused.status == 409)
        let unknown = await ask("POST", "/v1/fleet/drain?node=a", ScriptedDesk(.unknownNode))
        #expect(unknown.status == 404)
        let failed = await ask("GET", "/v1/fleet", ScriptedDesk(.failed("etcd is away")))
        #expect(failed.status == 503)
        #expect(failed.retryAfter == 5)
        #expect(String(decoding: failed.body, as: UTF8.self).contains("etcd is away"))
    }
}
