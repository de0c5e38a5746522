import AccessPolicy
import BrokerTesting
import FoundationEssentials
import Glibc
import Testing
import TokenBroker
import WorkloadAttestation

@testable import BrokerServer

/// What stands between a permitted caller and its token beside the grant.
struct GateTests {
    private static let request = "GET /v1/token?profile=reports HTTP/1.1\r\nHost: x\r\n\r\n"

    /// A policy whose one grant is for the user of this process, unless the test says otherwise.
    private func policy(
        _ selectors: [Selector] = [.user(getuid(), name: nil)],
        rate: Rate? = nil,
        largestMinimumTTL: Int? = nil,
        mode: EnforcementMode = .enforce
    ) throws -> Policy {
        let grant = Grant(
            name: "own",
            profiles: [try #require(ProfileName("reports"))],
            workloads: [WorkloadPattern(selectors: selectors)],
            rate: rate,
            largestMinimumTTL: largestMinimumTTL,
            mode: mode
        )
        return Policy(grants: [grant], denials: [])
    }

    @Test func theHotPathAndTheRoutesSpendFromOneBucket() async throws {
        let world = try World()
        try await world.warm()
        world.policy.replace(with: try policy(rate: Rate(count: 3, per: .seconds(60))), now: world.time.now.wall)
        let peer = ScriptedPeer(world.workload)
        let hot = try await TestPipeline(world, peer: peer)
        let strict = try await TestPipeline(world, peer: peer)
        for index in 0..<3 {
            let pipeline = index == 1 ? strict : hot
            // A header that the hot path does not know takes the routes.
            let odd = "GET /v1/token?profile=reports HTTP/1.1\r\nHost: x\r\nX-Odd: \"\"\r\n\r\n"
            try await pipeline.receive(index == 1 ? odd : Self.request)
            #expect(try await pipeline.answer().status == 200)
        }
        try await hot.receive(Self.request)
        let refused = try await hot.answer()
        #expect(refused.status == 429)
        #expect(refused["Retry-After"] == ["20"])
        #expect(
            try #require(Denial(refused.body, code: "rate_limited")).message
                .contains("the grant 'own' allows 3/m, and that is used up")
        )
        world.time.advance(by: .seconds(20))
        try await hot.receive(Self.request)
        #expect(try await hot.answer().status == 200)
    }

    @Test func aRevokedGrantEndsHandOutsOnOpenConnectionsAtOnce() async throws {
        let world = try World()
        try await world.warm()
        let pipeline = try await TestPipeline(world)
        try await pipeline.receive(Self.request)
        #expect(try await pipeline.answer().status == 200)
        world.policy.replace(with: Policy(), now: world.time.now.wall)
        try await pipeline.receive(Self.request)
        #expect(try await pipeline.answer().status == 403)
        world.policy.replace(with: try World.policy(), now: world.time.now.wall)
        try await pipeline.receive(Self.request)
        #expect(try await pipeline.answer().status == 200)
    }

    @Test func aGrantThatIsRevokedWhileItsCallerWaitsReleasesNothing() async throws {
        let world = try World()
        world.exchanger.script.hold()
        let pipeline = try await TestPipeline(world)
        try await pipeline.receive(Self.request)
        await world.exchanger.script.arrivals(1)
        world.policy.replace(with: Policy(), now: world.time.now.wall)
        world.exchanger.script.release()
        #expect(try await pipeline.answer().status == 403)
    }

    @Test func aProcessThatExecutesAnotherProgramIsRefusedFromThenOn() async throws {
        let world = try World()
        try await world.warm()
        let peer = ScriptedPeer(world.workload)
        let pipeline = try await TestPipeline(world, peer: peer)
        try await pipeline.receive(Self.request)
        #expect(try await pipeline.answer().status == 200)
        peer.change()
        try await pipeline.receive(Self.request)
        let answer = try await pipeline.answer()
        #expect(answer.status == 403)
        #expect(try #require(Denial(answer.body)).message.contains("runs another program than when it connected"))
    }

    @Test func aPolicyThatNeedsMoreFactsHasThemGathered() async throws {
        let world = try World()
        let peer = ScriptedPeer(world.workload)
        let pipeline = try await TestPipeline(world, peer: peer)
        try await pipeline.receive(Self.request)
        #expect(try await pipeline.answer().status == 200)
        world.policy.replace(with: try policy([.executable("/usr/bin/true")]), now: world.time.now.wall)
        try await pipeline.receive(Self.request)
        #expect(try await pipeline.answer().status == 403)
        #expect(peer.asked == [[], [.executable]])
    }

    @Test func anAuditLogThatIsRequiredAndCannotBeWrittenStopsAllHandOuts() async throws {
        let world = try World()
        try await world.warm()
        let pipeline = try await TestPipeline(world)
        try await pipeline.receive(Self.request)
        #expect(try await pipeline.answer().status == 200)
        world.audit.mayProceed = false
        try await pipeline.receive(Self.request)
        let answer = try await pipeline.answer()
        #expect(answer.status == 503)
        #expect(answer["Retry-After"] == ["5"])
    }

    @Test func eachTokenAConnectionGetsIsRecordedOnce() async throws {
        let world = try World()
        try await world.warm()
        let before = world.audit.events.count
        let pipeline = try await TestPipeline(world)
        for _ in 0..<3 {
            try await pipeline.receive(Self.request)
            #expect(try await pipeline.answer().status == 200)
        }
        let recorded = world.audit.events.dropFirst(before)
        #expect(recorded.count == 2)
        guard case .decided(let decision) = recorded.first, case .released(let release) = recorded.last else {
            Issue.record("expected a decision and a release")
            return
        }
        #expect(decision.outcome == .permitted(grant: "own"))
        #expect(release.grant == "own")
        #expect(release.workload == world.workload)
    }

    @Test func whoeverOnlyObservesPermitsAndRecordsWhatItWouldDeny() async throws {
        let world = try World()
        try await world.warm()
        let observing = try policy([.user(getuid() + 1, name: nil)], mode: .observe)
        world.policy.replace(with: observing, now: world.time.now.wall)
        let pipeline = try await TestPipeline(world)
        try await pipeline.receive(Self.request)
        #expect(try await pipeline.answer().status == 200)
        let decisions = world.audit.events.compactMap { if case .decided(let decision) = $0 { decision } else { nil } }
        let decision = try #require(decisions.last)
        let wouldDeny = "no grant for this profile names this workload"
        #expect(decision.outcome == .observed(grant: "own", wouldDeny: wouldDeny))
        let id = try #require(decision.id)
        let record = try #require(world.gate.decisions.record(id))
        #expect(record.refusal == .observed(grant: "own", .noGrantMatches))
    }

    @Test func aGrantLimitsWhatMinTTLCountsFor() async throws {
        let world = try World()
        try await world.warm()
        world.policy.replace(with: try policy(largestMinimumTTL: 600), now: world.time.now.wall)
        // It is not renewed before, and has less left than is asked for.
        world.time.advance(by: .seconds(900))
        let pipeline = try await TestPipeline(world)
        let demand = "GET /v1/token?profile=reports&min_ttl=3000 HTTP/1.1\r\nHost: x\r\n\r\n"
        let before = world.exchanger.calls.count
        try await pipeline.receive(demand)
        #expect(try await pipeline.answer().status == 200)
        #expect(world.exchanger.calls.count == before)
    }

    @Test func theSameRefusalIsAuditedOnceAMinute() async throws {
        let world = try World()
        let profile = try #require(ProfileName("backups"))
        func audited() -> Int { world.audit.events.count { if case .decided = $0 { true } else { false } } }
        for _ in 0..<5 { _ = world.gate.decide(world.workload, profile, by: world.policy.current) }
        #expect(audited() == 1)
        world.time.advance(by: .seconds(60))
        for _ in 0..<5 { _ = world.gate.decide(world.workload, profile, by: world.policy.current) }
        #expect(audited() == 2)
    }

    @Test func aUserWithManyProcessesDoesNotFillTheAuditLog() async throws {
        let world = try World()
        let profile = try #require(ProfileName("backups"))
        func refuse(user: UInt32, process: Int32) {
            let workload = Workload(processID: process, userID: user)
            _ = world.gate.decide(workload, profile, by: world.policy.current)
        }
        for process in Int32(1)...100 { refuse(user: 7, process: process) }
        #expect(world.audit.events.count == 20)
        refuse(user: 8, process: 1)
        #expect(world.audit.events.count == 21)
    }

    @Test func aCallerThatCannotBeAttestedIsAudited() async throws {
        let world = try World()
        let peer = ScriptedPeer(world.workload)
        peer.fail(AttestationError(.exited, "process 1 ended"))
        let pipeline = try await TestPipeline(world, peer: peer)
        try await pipeline.receive(Self.request)
        let answer = try await pipeline.answer()
        #expect(answer.status == 403)
        let decision = try #require(Denial(answer.body)).decision
        let reason = "process 1 ended"
        #expect(
            world.audit.events == [
                .notAttested(id: decision, userID: getuid(), processID: getpid(), reason: reason)
            ]
        )
    }

    @Test func observingEndsWhenTheGrantNoLongerHolds() throws {
        let profile = try #require(ProfileName("reports"))
        let end = Date(timeIntervalSince1970: 1_800_000_000)
        let grant = Grant(
            name: "own",
            profiles: [profile],
            workloads: [WorkloadPattern(selectors: [.user(1, name: nil)])],
            validity: Validity(notAfter: end),
            mode: .observe
        )
        let policy = Policy(grants: [grant], denials: [])
        let workload = Workload(processID: 1, userID: 2)
        guard case .permit(let permit) = policy.decide(workload, profile, at: end - 1) else {
            Issue.record("while it holds it is observed only")
            return
        }
        #expect(permit.observed == .noGrantMatches)
        #expect(permit.holds(at: end - 0.5))
        #expect(!permit.holds(at: end))
        #expect(policy.decide(workload, profile, at: end) == .deny(.noGrantMatches))
    }
}
