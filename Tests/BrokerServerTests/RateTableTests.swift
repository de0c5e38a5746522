import AccessPolicy
import FoundationEssentials
import Testing

@testable import BrokerServer

/// Whose requests count together.
struct RateTableTests {
    private static let rate = Rate(count: 1, per: .seconds(60))

    private func permit() throws -> Permit {
        let profile = try #require(ProfileName("reports"))
        let pattern = WorkloadPattern(selectors: [.user(1, name: nil)])
        let policy = Policy(grants: [Grant(name: "g", profiles: [profile], workloads: [pattern])], denials: [])
        let workload = Workload(processID: 1, userID: 1)
        guard case .permit(let permit) = policy.decide(workload, profile, at: .distantPast) else {
            throw NotPermitted()
        }
        return permit
    }

    private struct NotPermitted: Error {}

    @Test(arguments: [
        // What a workload can choose itself makes it no other workload.
        (Workload(processID: 2, userID: 1), true),
        (Workload(processID: 1, userID: 1, groupID: .known(7), groups: .known([8])), true),
        (Workload(processID: 1, userID: 1, executable: .known("/tmp/x"), sha256: .known("00")), true),
        (Workload(processID: 1, userID: 2), false),
        (Workload(processID: 1, userID: 1, unit: .known("a.service")), false),
        (Workload(processID: 1, userID: 1, container: .known("c")), false),
    ])
    func aBucketIsSharedByWhatCannotBeToldApart(other: Workload, isSame: Bool) throws {
        let table = RateTable()
        let permit = try permit()
        let workload = Workload(processID: 1, userID: 1)
        let first = try #require(table.bucket(for: permit, Self.rate, workload, now: .zero))
        let second = try #require(table.bucket(for: permit, Self.rate, other, now: .zero))
        #expect((first === second) == isSame)
    }

    @Test func aFullTableDropsBucketsAtRestAndOtherwiseRefuses() throws {
        let table = RateTable(limit: 2)
        let permit = try permit()
        for user in UInt32(1)...2 {
            let workload = Workload(processID: 1, userID: user)
            let bucket = try #require(table.bucket(for: permit, Self.rate, workload, now: .zero))
            #expect(bucket.take(now: .seconds(UInt32(30) * user)) == nil)
        }
        let third = Workload(processID: 1, userID: 3)
        #expect(table.bucket(for: permit, Self.rate, third, now: .seconds(80)) == nil)
        #expect(table.bucket(for: permit, Self.rate, third, now: .seconds(90)) != nil)
    }
}
