import AccessPolicy
import BrokerAPI
import BrokerTesting
import FoundationEssentials
import Glibc
import Testing
import TokenBroker

@testable import BrokerServer

/// Operators are told why.
struct ExplainRouteTests {
    private func ask(_ world: World, _ target: String) async throws -> WireAnswer {
        let listener = try await world.startAdmin()
        let client = try await WireClient.connect(to: world.adminPath, on: world.group)
        client.send(get(target))
        let answer = try await client.answer()
        await client.close()
        await listener.stop()
        return answer
    }

    private func explanation(_ answer: WireAnswer) throws -> ExplainResponse {
        try JSONDecoder().decode(ExplainResponse.self, from: Data(answer.body.utf8))
    }

    @Test func aRefusalIsExplainedByTheIDThatTheCallerGot() async throws {
        let world = try World()
        var decision = ""
        try await world.serving {
            for _ in 0..<2 {
                let answer = try await world.ask(get("/v1/token?profile=backups"))
                decision = try #require(Denial(answer.body)).decision
            }
        }
        let explanation = try explanation(try await ask(world, "/v1/decisions/\(decision)"))
        #expect(explanation.id == decision)
        #expect(explanation.decision == "deny")
        #expect(explanation.reason == "no_grant_matches")
        #expect(explanation.count == 2)
        let nearest = try #require(explanation.grants.first)
        #expect(nearest.name == "other")
        #expect(nearest.place == "test.yaml:4")
        let wanted = ExplainResponse.Selector(name: "uid", wanted: "\(getuid() + 1)", result: "different")
        #expect(nearest.patterns == [.init(selectors: [wanted])])
        #expect(explanation.workload.contains(.init(name: "uid", value: "\(getuid())")))
    }

    @Test func theExplanationIsOfThePolicyThatDecided() async throws {
        let world = try World()
        let record = try #require(refusal(world))
        world.policy.replace(with: .init(), now: world.time.now.wall)
        let explanation = try explanation(try await ask(world, "/v1/decisions/\(record.id)"))
        #expect(explanation.policy == 1)
        #expect(explanation.decidedByPolicy == nil)
        #expect(explanation.grants.map(\.name) == ["other"])
    }

    @Test func aPolicyOfLongAgoIsNotKeptAndTheAnswerSaysSo() async throws {
        let world = try World()
        let record = try #require(refusal(world))
        for round in 0..<2 {
            world.policy.replace(with: .init(), now: world.time.now.wall)
            if round == 0 { world.policy.replace(with: try World.policy(), now: world.time.now.wall) }
        }
        world.policy.replace(with: try World.policy(), now: world.time.now.wall)
        let explanation = try explanation(try await ask(world, "/v1/decisions/\(record.id)"))
        #expect(explanation.policy == 5)
        #expect(explanation.decidedByPolicy == 1)
    }

    private func refusal(_ world: World) -> DecisionRecord? {
        guard let profile = ProfileName("backups"),
            case .refused(let record) = world.gate.decide(world.workload, profile, by: world.policy.current)
        else { return nil }
        return record
    }

    @Test func aRunningProcessIsExplainedAsIfItConnectedNow() async throws {
        let world = try World()
        let target = "/v1/explain?pid=\(getpid())&profile="
        let permitted = try explanation(try await ask(world, target + "reports"))
        #expect(permitted.decision == "permit")
        #expect(permitted.message == "the grant 'own' permits it")
        let denied = try explanation(try await ask(world, target + "backups"))
        #expect(denied.decision == "deny")
        #expect(denied.id == nil)
    }

    @Test(arguments: [
        "", "?pid=1", "?profile=reports", "?pid=x&profile=reports", "?pid=1&pid=2&profile=reports",
        "?pid=0&profile=reports", "?pid=-1&profile=reports", "?pid=1&profile=a%20b", "?pid=1&profile=reports&x=1",
    ])
    func whatIsAskedWronglyIsRefused(query: String) async throws {
        #expect(try await ask(World(), "/v1/explain" + query).status == 400)
    }

    @Test(arguments: ["0000000000000000", "", "x", "../status"]) func anUnknownDecisionIsNotFound(
        id: String
    ) async throws {
        let answer = try await ask(World(), "/v1/decisions/" + id)
        #expect(answer.status == 404)
        #expect(answer.body.contains("kept for an hour"))
    }

    @Test func aProcessThatIsNotThereIsNotFound() async throws {
        // The highest number is never given to a process (PID_MAX_LIMIT, proc_sys_kernel(5)).
        #expect(try await ask(World(), "/v1/explain?pid=4194304&profile=reports").status == 404)
    }
}
