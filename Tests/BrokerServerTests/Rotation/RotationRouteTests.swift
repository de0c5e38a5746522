import AccessPolicy
import BrokerAPI
import Foundation
import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import BrokerServer

/// What operators may ask of rotations, and how it is answered.
struct RotationRouteTests {
    /// A desk that notes what it is asked, and knows the plan `archive`.
    private final class ScriptedDesk: Sendable {
        private let noted = Mutex<[String]>([])
        var calls: [String] { noted.withLock { $0 } }

        enum Course: Sendable { case done, refused, failed }
        let course: Course
        let names: [String]

        init(_ course: Course = .done, names: [String] = ["archive", "reports"]) {
            (self.course, self.names) = (course, names)
        }

        private func reply<Value>(_ call: String, _ plan: String?, _ value: Value) -> RotationReply<Value> {
            noted.withLock { $0.append(call) }
            if let plan, !names.contains(plan) { return .unknownPlan }
            return switch course {
            case .done: .done(value)
            case .refused: .refused("the plan is paused")
            case .failed: .failed("the disk is full")
            }
        }

        static func plan(_ name: String) -> RotationsResponse.Plan {
            RotationsResponse.Plan(name: name, kind: "iam-api-key", profile: "rotator", state: "waiting", sinks: [])
        }

        var desk: RotationDesk {
            let key = "k"
            return RotationDesk(
                plans: { self.names.map(Self.plan) },
                demand: { plan, demand in self.reply("\(demand) \(plan)", plan, Self.plan(plan)) },
                history: { plan, limit in
                    self.reply("history \(plan ?? "-") \(limit)", plan, RotationHistoryResponse(events: []))
                },
                rehearse: { plan in
                    let play = RotationRehearsalResponse(plan: plan, steps: [], refusal: nil)
                    return self.reply("rehearse \(plan)", plan, play)
                },
                times: { plan, count in
                    self.reply("times \(plan) \(count)", plan, RotationTimesResponse(next: [1]))
                },
                orphans: {
                    let orphan = RotationOrphansResponse.Orphan(
                        plan: "archive",
                        key: key,
                        name: nil,
                        createdAt: 1,
                        lastUse: nil,
                        isKnown: true
                    )
                    return RotationOrphansResponse(orphans: [orphan], failures: [])
                },
                deleteOrphan: { plan, key in
                    self.reply("delete \(plan) \(key)", plan, RotationOrphansResponse(orphans: [], failures: []))
                }
            )
        }
    }

    private func ask(_ method: String, _ target: String, _ desk: ScriptedDesk = ScriptedDesk()) async -> Response {
        let head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: target)
        let routes = RotationRoutes(
            desk.desk,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let peer = ScriptedPeer(Workload(processID: 1, userID: 0))
        return await routes.respond(to: Request(head: head, body: []), from: peer)
    }

    private func message(_ response: Response) -> String? {
        (try? JSONDecoder().decode(ErrorResponse.self, from: Data(response.body)))?.error.message
    }

    @Test(arguments: [
        ("GET", "/v1/rotations", nil), ("GET", "/v1/rotations?plan=reports", nil),
        ("GET", "/v1/rotations/history", "history - 50"),
        ("GET", "/v1/rotations/history?plan=archive&limit=1000", "history archive 1000"),
        ("GET", "/v1/rotations/plan?plan=archive", "rehearse archive"),
        ("GET", "/v1/rotations/next?plan=archive", "times archive 1"),
        ("GET", "/v1/rotations/next?count=1000&plan=archive", "times archive 1000"),
        ("GET", "/v1/rotations/orphans", nil),
        ("DELETE", "/v1/rotations/orphans?plan=archive&key=crn%3Av1%3A%2F", "delete archive crn:v1:/"),
        ("POST", "/v1/rotations/run?plan=archive&when=now", "run(isNow: true) archive"),
        ("POST", "/v1/rotations/run?plan=archive&when=allowed", "run(isNow: false) archive"),
        ("POST", "/v1/rotations/pause?plan=archive", "pause archive"),
        ("POST", "/v1/rotations/resume?plan=archive", "resume archive"),
        ("POST", "/v1/rotations/rollback?plan=archive", "rollback archive"),
        ("POST", "/v1/rotations/acknowledge?plan=archive&as=reports", #"acknowledge("reports") archive"#),
        ("POST", "/v1/rotations/release?plan=archive", "release archive"),
    ])
    func whatIsAskedRightReachesTheDesk(method: String, target: String, call: String?) async {
        let desk = ScriptedDesk()
        let answer = await ask(method, target, desk)
        #expect(answer.status == 200)
        #expect(desk.calls == call.map { [$0] } ?? [])
    }

    @Test func aPlanIsSelectedByItsName() async throws {
        let all = await ask("GET", "/v1/rotations")
        let decoded = try JSONDecoder().decode(RotationsResponse.self, from: Data(all.body))
        #expect(decoded.rotations.map(\.name) == ["archive", "reports"])
        let one = await ask("GET", "/v1/rotations?plan=reports")
        #expect(
            String(decoding: one.body, as: UTF8.self)
                == #"{"rotations":[{"failures":0,"kind":"iam-api-key","name":"reports","profile":"rotator","sinks":[],"#
                + #""state":"waiting"}]}"#
        )
    }

    private static let missingPlan = "the parameter 'plan' is missing"
    private static let badLimit = "the parameter 'limit' must be a number from 1 to 1000"
    private static let badCount = "the parameter 'count' must be a number from 1 to 1000"
    private static let badWhen = "the parameter 'when' must be 'now' or 'allowed'"

    @Test(arguments: [
        ("GET", "/v1/rotations?x=1", "unknown parameter; known are: plan"),
        ("GET", "/v1/rotations?plan=", "the parameter 'plan' has no value that can be read"),
        ("GET", "/v1/rotations/history?limit=0", badLimit), ("GET", "/v1/rotations/history?limit=1001", badLimit),
        ("GET", "/v1/rotations/history?limit=-1", badLimit), ("GET", "/v1/rotations/history?limit=ten", badLimit),
        ("GET", "/v1/rotations/history?count=1", "unknown parameter; known are: limit, plan"),
        ("GET", "/v1/rotations/plan", missingPlan), ("GET", "/v1/rotations/next", missingPlan),
        ("GET", "/v1/rotations/next?plan=archive&count=0", badCount),
        ("GET", "/v1/rotations/next?plan=archive&count=1001", badCount),
        ("GET", "/v1/rotations/orphans?plan=archive", "the request takes no parameters"),
        ("DELETE", "/v1/rotations/orphans?plan=archive", "the parameter 'key' is missing"),
        ("DELETE", "/v1/rotations/orphans?key=k", missingPlan),
        ("POST", "/v1/rotations/run?plan=archive", badWhen),
        ("POST", "/v1/rotations/run?plan=archive&when=soon", badWhen),
        ("POST", "/v1/rotations/run?when=now", missingPlan), ("POST", "/v1/rotations/pause", missingPlan),
        ("POST", "/v1/rotations/pause?plan=archive&when=now", "unknown parameter; known are: plan"),
        ("POST", "/v1/rotations/resume", missingPlan), ("POST", "/v1/rotations/rollback", missingPlan),
        ("POST", "/v1/rotations/rollback?plan=archive&plan=reports", "the parameter 'plan' is there twice"),
        ("POST", "/v1/rotations/acknowledge?plan=archive", "the parameter 'as' is missing"),
        ("POST", "/v1/rotations/acknowledge?as=reports", missingPlan),
    ])
    func aMistakeInTheParametersIsSaidAndNothingIsDone(method: String, target: String, message: String) async {
        let desk = ScriptedDesk()
        let answer = await ask(method, target, desk)
        #expect(answer.status == 400)
        #expect(self.message(answer) == message)
        #expect(desk.calls.isEmpty)
    }

    private static let paths = [
        ("/v1/rotations", "GET"), ("/v1/rotations/history", "GET"), ("/v1/rotations/plan", "GET"),
        ("/v1/rotations/next", "GET"), ("/v1/rotations/orphans", "GET, DELETE"), ("/v1/rotations/run", "POST"),
        ("/v1/rotations/pause", "POST"), ("/v1/rotations/resume", "POST"), ("/v1/rotations/rollback", "POST"),
        ("/v1/rotations/acknowledge", "POST"), ("/v1/rotations/release", "POST"),
    ]

    @Test(arguments: paths, ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD"])
    func everyPathHasItsMethods(path: (target: String, allowed: String), method: String) async {
        let desk = ScriptedDesk()
        let answer = await ask(method, path.target, desk)
        let isAllowed = path.allowed.split(separator: ", ").contains { $0 == method }
        #expect((answer.status == 405) == !isAllowed)
        #expect(answer.allow == (isAllowed ? nil : path.allowed))
        if !isAllowed { #expect(desk.calls.isEmpty) }
    }

    @Test(arguments: ["/v1/rotations/", "/v1/rotations/runs", "/v1/rotations/run/", "/v1/rotations/archive"])
    func anotherPathIsNotThere(path: String) async {
        let answer = await ask("GET", path)
        #expect(answer.status == 404)
        #expect(message(answer) == "no such path; try GET /v1/rotations")
    }

    private static let everyCall = [
        ("GET", "/v1/rotations/history?plan="), ("GET", "/v1/rotations/plan?plan="),
        ("GET", "/v1/rotations/next?plan="),
        ("POST", "/v1/rotations/run?when=now&plan="), ("POST", "/v1/rotations/pause?plan="),
        ("POST", "/v1/rotations/resume?plan="), ("POST", "/v1/rotations/rollback?plan="),
        ("POST", "/v1/rotations/acknowledge?as=a&plan="), ("DELETE", "/v1/rotations/orphans?key=k&plan="),
    ]

    @Test(arguments: everyCall + [("GET", "/v1/rotations?plan=")])
    func aPlanThatIsNotThereIsSaidWithThoseThatAre(method: String, target: String) async {
        let answer = await ask(method, target + "other")
        #expect(answer.status == 404)
        #expect(message(answer) == "there is no such plan; there are: archive, reports")
        let none = await ask(method, target + "other", ScriptedDesk(names: []))
        #expect(message(none) == "no plan is configured")
    }

    @Test(arguments: everyCall)
    func whatIsRefusedIsAConflictAndWhatFailsMayBeTriedAgain(method: String, target: String) async {
        let refused = await ask(method, target + "archive", ScriptedDesk(.refused))
        #expect(refused.status == 409)
        #expect(message(refused) == "the plan is paused")
        #expect(refused.retryAfter == nil)
        let failed = await ask(method, target + "archive", ScriptedDesk(.failed))
        #expect(failed.status == 503)
        #expect(message(failed) == "the disk is full")
        #expect(failed.retryAfter == 5)
    }

    @Test func withoutPlansTheAdminSocketSaysSo() async throws {
        let world = try World()
        let listener = try await world.startAdmin()
        let client = try await WireClient.connect(to: world.adminPath, on: world.group)
        for target in ["/v1/rotations", "/v1/rotations/history", "/v1/rotations/x"] {
            client.send(get(target))
            let answer = try await client.answer()
            #expect(answer.status == 404)
            #expect(answer.body.contains("no plan is configured; see rotation in the configuration"))
        }
        client.send(get("/v1/rotationsx"))
        let other = try await client.answer()
        #expect(other.body.contains("no such path"))
        await client.close()
        await listener.stop()
    }
}
