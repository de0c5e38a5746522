import Testing

@testable import FleetSimulation

/// One key of a fleet is replaced, whatever happens to the leader and to etcd meanwhile.
struct RotationRunTests {
    private static func play(
        _ nodes: Int,
        _ edit: (inout RotationScenario) -> Void = { _ in }
    ) throws -> RotationRecord {
        var scenario = RotationScenario(nodes: nodes)
        edit(&scenario)
        var run = try RotationRun(scenario)
        return run.play()
    }

    @Test(arguments: [1, 2, 100, 1_000], [1, 2, 3] as [UInt64])
    func oneKeyIsMadeAndTheOldOneGoesWhenNobodyHasItAnyMore(nodes: Int, seed: UInt64) throws {
        let record = try Self.play(nodes) { $0.seed = seed }
        #expect(record.halted == nil)
        #expect(record.finishedAt != nil)
        #expect(record.keysMade == 1)
        #expect(record.keysLeft == 1)
        #expect(record.nodesWithoutKey == 0)
        // The first died, the second stood still.
        #expect(record.terms == 3)
        #expect(record.lateWritesRefused == 1)
        let (complete, disabled) = (try #require(record.completeAt), try #require(record.disabledAt))
        #expect(try #require(record.publishedAt) < complete)
        #expect(disabled >= complete + 600)
        #expect(try #require(record.deletedAt) >= disabled + 600)
    }

    @Test func withoutFaultsOneNodeLeadsAndAllHaveTheKeyInSeconds() throws {
        let record = try Self.play(1_000) {
            ($0.leaderDies, $0.leaderStandsStill, $0.etcdAway, $0.shareAway, $0.shareVanished) = (false, 0, 0, 0, 0)
        }
        #expect(record.terms == 1)
        #expect(record.lateWritesRefused == 0)
        let (published, complete) = (try #require(record.publishedAt), try #require(record.completeAt))
        #expect(complete - published < 20)
        #expect(record.notWaitedFor == 0)
    }

    @Test func aNodeThatIsOffIsWaitedForUntilTheGraceEnds() throws {
        let record = try Self.play(1_000) { ($0.shareAway, $0.away, $0.shareVanished) = (0, 0, 0.01) }
        let waited = try #require(record.completeAt) - (try #require(record.publishedAt))
        #expect((900...910).contains(waited))
        #expect(record.notWaitedFor > 0)
        #expect(record.nodesWithoutKey == 0)
    }

    @Test func aNodeThatVanishedKeepsTheOldKeyAliveForAsLongAsItsGraceLasts() throws {
        let record = try Self.play(100) { ($0.shareVanished, $0.grace, $0.length) = (0.05, .infinity, 7_200) }
        #expect(record.completeAt == nil)
        #expect(record.disabledAt == nil)
        #expect(record.keysLeft == 2)
    }

    @Test func whatEtcdIsAskedIsProportionalToTheNodes() throws {
        let (small, large) = (try Self.play(100), try Self.play(10_000))
        #expect(large.etcdWrites > 10_000)
        #expect(Double(large.etcdWrites) < Double(small.etcdWrites) * 110)
        #expect(large.etcdPeak <= 10_000)
    }
}
