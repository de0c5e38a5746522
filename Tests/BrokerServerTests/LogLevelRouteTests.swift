import BrokerAPI
import Glibc
import Logging
import Synchronization
import Testing

@testable import BrokerServer

/// `/v1/log-level` on the admin socket.
@Suite struct LogLevelRouteTests {
    /// What was demanded.
    private final class Demands: Sendable {
        private let all = Mutex<[String]>([])
        var texts: [String] { all.withLock { $0 } }

        func add(_ level: Logger.Level?, _ span: Duration?, _ userID: UInt32) {
            all.withLock {
                $0.append("\(level.map { "\($0)" } ?? "configured") \(span.map { "\($0)" } ?? "-") \(userID)")
            }
        }
    }

    private func respond(_ method: String, _ target: String) async throws -> (WireAnswer, [String]) {
        let world = try World()
        let demands = Demands()
        let routes = AdminRoutes(
            broker: world.broker,
            gate: world.gate,
            attestor: world.attestor,
            logLevel: LogLevelRoutes(
                status: { LogLevelResponse(level: "debug", configured: "info", revertsIn: 9) },
                change: { level, span, userID in
                    demands.add(level, span, userID)
                    return LogLevelResponse(level: "trace", configured: "info")
                }
            ),
            logger: world.logger
        )
        let peer = ScriptedPeer(world.workload)
        let pipeline = try await TestPipeline(world) { await routes.respond(to: $0, from: peer) }
        try await pipeline.receive(request(method, target, [], body: method == "POST" ? "" : nil))
        return (try await pipeline.answer(), demands.texts)
    }

    @Test func whatIsInForceIsTold() async throws {
        let (answer, demands) = try await respond("GET", "/v1/log-level")
        #expect(answer.status == 200 && demands.isEmpty)
        #expect(answer.body == #"{"configured":"info","level":"debug","reverts_in":9}"#)
    }

    @Test(arguments: [
        ("level=debug", "debug - "), ("level=critical&for=1", "critical 1.0 seconds "),
        ("for=86400&level=trace", "trace 86400.0 seconds "), ("level=configured", "configured - "),
    ])
    func aChangeIsMadeAsDemanded(query: String, demand: String) async throws {
        let (answer, demands) = try await respond("POST", "/v1/log-level?\(query)")
        #expect(answer.status == 200 && answer.body == #"{"configured":"info","level":"trace"}"#)
        #expect(demands == ["\(demand)\(getuid())"])
    }

    @Test(arguments: [
        "", "level=", "level=loud", "level=DEBUG", "level=debug&level=info", "level=debug&for=0",
        "level=debug&for=86401",
        "level=debug&for=10m", "level=debug&for=-1", "level=debug&for=", "for=10",
        "level=debug&until=1",
    ])
    func whatCannotBeMeantChangesNothing(query: String) async throws {
        let (answer, demands) = try await respond("POST", "/v1/log-level?\(query)")
        #expect(answer.status == 400 && demands.isEmpty)
    }

    @Test(arguments: [("GET", "/v1/log-level?level=debug", 400), ("PUT", "/v1/log-level?level=debug", 405)])
    func aQuestionChangesNothing(method: String, target: String, status: Int) async throws {
        let (answer, demands) = try await respond(method, target)
        #expect(answer.status == status && demands.isEmpty)
    }
}
