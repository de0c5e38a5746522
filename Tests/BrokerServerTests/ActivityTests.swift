import AccessPolicy
import BrokerTesting
import Glibc
import Testing
import TokenBroker

@testable import BrokerServer

/// What is counted of hand-outs and refusals.
struct ActivityTests {
    private static let hot = "GET /v1/token?profile=reports HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let strict = "GET /v1/token?profile=reports HTTP/1.1\r\nHost: x\r\nX-Odd: \"\"\r\n\r\n"

    private func name(_ text: String) throws -> ProfileName { try #require(ProfileName(text)) }

    @Test func everyTokenIsCountedOnceWhicheverWayItGoes() async throws {
        let world = try World()
        try await world.warm()
        let pipeline = try await TestPipeline(world)
        for request in [Self.hot, Self.hot, Self.strict, Self.hot] {
            try await pipeline.receive(request)
            #expect(try await pipeline.answer().status == 200)
        }
        let activity = world.gate.activity
        #expect(activity.count(of: .released, try name("reports")) == 4)
        #expect(activity.count(of: .released, try name("archive")) == 0)
        #expect(activity.shares.map(\.released) == [4])
        let share = try #require(activity.shares.first)
        #expect(share.profile == (try name("reports")))
        #expect(share.workload.userID == getuid())
        #expect(activity.denials.isEmpty)
    }

    @Test func refusalsAreCountedByProfileAndReason() async throws {
        let world = try World()
        world.policy.replace(with: Policy(), now: world.time.now.wall)
        let pipeline = try await TestPipeline(world)
        for _ in 0..<3 {
            try await pipeline.receive(Self.hot)
            #expect(try await pipeline.answer().status == 403)
        }
        // No label is made of what callers invent.
        for invented in ["one", "two"] {
            try await pipeline.receive("GET /v1/token?profile=\(invented) HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await pipeline.answer().status == 403)
        }
        let activity = world.gate.activity
        #expect(activity.count(of: .denied, try name("reports")) == 3)
        #expect(activity.count(of: .denied, nil) == 2)
        #expect(activity.count(of: .released, try name("reports")) == 0)
        let reports = try name("reports")
        #expect(activity.denials.count == 2)
        #expect(activity.denials.first { $0.profile == reports }?.reason == "nobody_may")
        #expect(activity.denials.first { $0.profile == reports }?.count == 3)
        #expect(activity.denials.first { $0.profile == nil }?.count == 2)
        #expect(activity.shares.isEmpty)
    }

    @Test func workloadsBeyondTheBoundAreCountedAsOne() throws {
        let profile = try name("reports")
        let activity = Activity(profiles: [profile])
        for user in 0..<UInt32(Activity.mostShares + 10) {
            activity.releases(of: profile, to: Workload(processID: 1, userID: user)).add()
        }
        // Those that have a place keep it.
        activity.releases(of: profile, to: Workload(processID: 2, userID: 0)).add()
        #expect(activity.shares.count == Activity.mostShares)
        #expect(activity.shares.first { $0.workload.userID == 0 }?.released == 2)
        #expect(activity.releasedToOthers == 10)
        #expect(activity.count(of: .released, profile) == UInt64(Activity.mostShares + 11))
    }

    @Test func aWorkloadIsKnownByTheMostTellingFact() {
        var workload = Workload(processID: 1, userID: 7)
        #expect(WorkloadName(workload).kind == .user)
        workload.executable = .known("/usr/bin/report")
        #expect(WorkloadName(workload).text == "/usr/bin/report")
        workload.container = .known("c0ffee")
        #expect(WorkloadName(workload).kind == .container)
        workload.pod = .known("pod-1")
        #expect(WorkloadName(workload).kind == .pod)
        workload.unit = .known("reports.service")
        #expect(WorkloadName(workload).text == "reports.service")
        #expect(WorkloadName(workload).userID == 7)
    }
}
