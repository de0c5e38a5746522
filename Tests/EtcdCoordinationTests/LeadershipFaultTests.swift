import BrokerTesting
import Foundation
import KeyRotation
import Testing

@testable import EtcdCoordination

/// Nodes that die, pause and are drained.
@Suite(.timeLimit(.minutes(5))) struct LeadershipFaultTests {
    @Test func whoeverReadsOnlyWritesNothing() async throws {
        try await EtcdCluster.run { cluster in
            try await cluster.withClient { client in
                try await checkFailure(
                    of: EtcdJournal(reading: client),
                    appending: .entry(1, plan: try plan()),
                    code: .deposed
                )
            }
        }
    }

    @Test func aTermWritesItsOwnPlanOnly() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(try plan())
                try await checkFailure(of: term.journal, appending: .entry(1, plan: plan("other")), code: .deposed)
            }
        }
    }

    /// A cluster that was restored counts the same revisions again.
    @Test func theNumberOfATermAloneLetsNobodyWrite() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let node = nodes[0]
                let term = try await node.leadership.lead(try plan())
                let record = try RecordForm.bytes(LeaderRecord(node: "one", term: "another"))
                let keys = FleetKeys(prefix: try cluster.configuration().prefix)
                let claim = LeaderClaim(
                    plan: try plan(),
                    key: keys.leader(try plan()),
                    number: term.number,
                    record: record
                )
                let lease = try #require(node.session.lease)
                let other = EtcdTerm(claim, lease, node.session)
                let journal = EtcdJournal(node.client, keys, other)
                try await checkFailure(of: journal, appending: .entry(1, plan: plan()), code: .deposed)
                #expect(!other.isSure(for: .zero), "it has learned of its end")
                try await term.journal.append(.entry(1, plan: plan()))
            }
        }
    }

    @Test func aLeaderThatIsDrainedMakesWay() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(try plan())
                try await nodes[1].board.acknowledge(RotationID(1), of: plan(), now: Date())
                try await nodes[0].board.acknowledge(RotationID(1), of: plan(), now: Date())
                try await nodes[1].fleet.drain(nodes[0].name)
                await term.ended()
                #expect(!term.isSure(.zero))
                // What was begun is written to its end.
                try await term.journal.append(.entry(1, plan: plan()))
                let next = Task { try await nodes[1].leadership.lead(plan()) }
                let again = Task { try await nodes[0].leadership.lead(plan()) }
                let second = try await next.value
                #expect(second.number > term.number)
                #expect(try await nodes[1].leadership.leader(of: plan()) == nodes[1].name)
                #expect(try await nodes[1].board.consumers(of: plan()).map(\.node) == [nodes[1].name])

                await second.resign()
                try await nodes[1].fleet.undrain(nodes[0].name)
                #expect(try await again.value.number > second.number)
                #expect(try await nodes[1].board.consumers(of: plan()).count == 2)
            }
        }
    }

    @Test func whoDeletesTheLeadersKeyEndsItsTerm() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(try plan())
                let end = Task { await term.ended() }
                try await cluster.etcdctl(["del", "/iam-broker/test/leaders/reports"])
                await end.value
                #expect(!term.isSure(.zero))
                try await checkFailure(of: term.journal, appending: .entry(1, plan: plan()), code: .deposed)
                #expect(try await nodes[0].leadership.lead(plan()).number > term.number)
            }
        }
    }

    @Test func twoThatHaveOneNameTakePartOneAfterTheOther() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let first = nodes[0]
                try await eventually("the first takes part") { first.session.trouble == nil }
                let lease = try #require(first.session.lease).number
                try await FleetNode.run(["one"], in: cluster) { others in
                    let second = others[0]
                    try await eventually("the other one says why not") {
                        second.session.trouble?.contains("another process is in the fleet as one") == true
                    }
                    #expect(first.session.lease?.number == lease, "the first keeps its place")
                    first.time.pause()
                    try await eventually("the other one takes its place") { second.session.trouble == nil }
                    first.time.resume()
                    try await eventually("the first one is out") { first.session.trouble != nil }
                }
            }
        }
    }

    @Test func aNodeThatStopsIsGoneAtOnce() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                try await FleetNode.run(["two"], in: cluster) { others in
                    _ = try await others[0].leadership.lead(plan())
                }
                #expect(try await nodes[0].leadership.leader(of: plan()) == nil, "its lease was given back")
            }
        }
    }
}
