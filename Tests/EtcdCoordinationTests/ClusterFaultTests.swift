import BrokerTesting
import Foundation
import KeyRotation
import Logging
import Testing
import TokenBroker

@testable import EtcdCoordination

/// Members of etcd that die, pause, compact and come back with less.
@Suite(.timeLimit(.minutes(5))) struct ClusterFaultTests {
    /// Whoever carries out the plan writes the next entry, with as many terms as it takes.
    private func append(_ sequence: Int, by node: FleetNode, _ term: inout RotationTerm) async throws {
        let plan = try plan()
        let reader = EtcdJournal(reading: node.client)
        var number = term.number
        var current = term
        try await eventually("entry \(sequence) is written") {
            do throws(JournalError) {
                try await current.journal.append(.entry(sequence, plan: plan))
                return true
            } catch {
                // What became of it is read, as the driver does.
                let last = try? await reader.latest().first { $0.plan == plan }?.sequence
                if last == sequence { return true }
                guard error.code == .deposed else { return false }
                current = try await node.leadership.lead(plan)
                #expect(current.number > number)
                number = current.number
                return false
            }
        }
        term = current
    }

    @Test(arguments: EtcdRelease.allCases)
    func writingGoesOnWhenTheLeaderOfTheClusterDies(release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, .init(size: 3)) { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                var term = try await nodes[0].leadership.lead(plan())
                try await append(1, by: nodes[0], &term)
                let leader = try await cluster.leader()
                cluster.members[leader].kill()
                try await append(2, by: nodes[0], &term)
                try cluster.start(leader)
                try await append(3, by: nodes[0], &term)
                let events = try await EtcdJournal(reading: nodes[0].client).history(of: nil, limit: 9)
                #expect(events.map(\.detail) == ["event 3", "event 2", "event 1"])
            }
        }
    }

    @Test func anotherMemberIsAskedWhenOneDoesNotAnswer() async throws {
        try await EtcdCluster.run(.debian, .init(size: 3)) { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                var term = try await nodes[0].leadership.lead(plan())
                try await append(1, by: nodes[0], &term)
                // Its connections stay, and nothing comes.
                cluster.members[0].pause()
                defer { cluster.members[0].resume() }
                try await append(2, by: nodes[0], &term)
                #expect(try await nodes[0].leadership.leader(of: plan()) == nodes[0].name)
            }
        }
    }

    @Test func aTermIsNotSureWhileEtcdSaysNothing() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(plan())
                try await term.journal.append(.entry(1, plan: plan()))
                cluster.members[0].pause()
                await term.ended()
                #expect(!term.isSure(.zero))
                #expect(nodes[0].session.trouble != nil)
                cluster.members[0].resume()
                let next = try await nodes[0].leadership.lead(plan())
                #expect(next.number > term.number)
                try await checkFailure(of: term.journal, appending: .entry(2, plan: plan()), code: .deposed)
                try await next.journal.append(.entry(2, plan: plan()))
            }
        }
    }

    /// etcd counts from when it gets the request, and may get it late; who asked must not count longer than etcd does.
    @Test func aLeaseIsCountedFromBeforeItWasAskedFor() async throws {
        try await EtcdCluster.run { cluster in
            try await cluster.withClient { client in
                let node = try #require(NodeName(rawValue: "one"))
                let setting = EtcdSession.Setting(node: node, version: "test", leaseSeconds: 60)
                let session = EtcdSession(
                    client,
                    setting,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                _ = try await client.value(of: "x")
                cluster.members[0].pause()
                let before = client.time.now.boot
                let lease = Task { try await session.begin() }
                try await eventually("the request waits") { client.time.now.boot > before + .milliseconds(500) }
                let resumed = client.time.now.boot
                cluster.members[0].resume()
                let end = try await lease.value.end
                #expect(end >= before + .seconds(48) && end < resumed + .seconds(48))
            }
        }
    }

    @Test(arguments: EtcdRelease.allCases)
    func aWatchFromBeforeACompactionSaysSo(release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await cluster.withClient { client in
                for number in 1...5 { try await client.put("watched", [UInt8(number)]) }
                let (value, revision) = try await client.value(of: "watched")
                #expect(value?.bytes == [5])
                let first = try #require(value).createRevision
                #expect(try await client.change(of: "watched", from: first, within: .seconds(60)) == .changed)
                try await cluster.etcdctl(["compact", "\(revision)"])
                #expect(try await client.change(of: "watched", from: first, within: .seconds(60)) == .compacted)
                #expect(try await client.change(of: "watched", from: revision + 1, within: .milliseconds(50)) == .quiet)
            }
        }
    }

    @Test func aFeedGoesOnOverACompactionAndARestartOfEtcd() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(plan())
                let key = PublishedKey(plan: try plan(), rotation: RotationID(1), id: KeyID("k"), material: drawnKey())
                let change = Task { try await nodes[1].feed.change(of: plan(), since: nil) }
                guard case .holds = try await term.publication?.perform(.publish(key)) else {
                    throw ToolError(message: "it is not published")
                }
                try await change.value
                let fed = try #require(try await nodes[1].feed.current(plan()))
                let waiting = Task { try await nodes[1].feed.change(of: plan(), since: fed.revision) }
                let revision = try await nodes[0].client.value(of: "x").revision
                try await cluster.etcdctl(["compact", "\(revision)"])
                cluster.members[0].kill()
                // A failure is no reason to wait on.
                try await waiting.value
                try cluster.start(0)
                try await cluster.waitUntilItAnswers()
                #expect(try await nodes[1].feed.current(plan())?.revision == fed.revision)
            }
        }
    }

    @Test(arguments: EtcdRelease.allCases)
    func termsEndWhenEtcdIsRestoredFromASnapshot(release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                let first = try await nodes[0].leadership.lead(plan())
                try await first.journal.append(.entry(1, plan: plan()))
                try await cluster.saveSnapshot()
                // The snapshot has the first term; the second one is later than it.
                await first.resign()
                let second = try await nodes[1].leadership.lead(plan())
                try await second.journal.append(.entry(2, plan: plan()))
                try await cluster.restoreSnapshot()
                let late = await #expect(throws: JournalError.self) {
                    try await second.journal.append(.entry(2, plan: plan()))
                }
                #expect(late?.code == .deposed)
                await second.ended()
                #expect(!second.isSure(.zero))
                // As in a fleet all of them campaign: a key from the snapshot may hang on the lease of one that knows nothing of it.
                let third = try await withThrowingTaskGroup(of: RotationTerm.self) { group in
                    for node in nodes { group.addTask { try await node.leadership.lead(plan()) } }
                    defer { group.cancelAll() }
                    return try #require(try await group.next())
                }
                let records = try await third.journal.latest()
                #expect(records.map(\.sequence) == [1], "what the snapshot has")
                try await third.journal.append(.entry(2, plan: plan()))
                for old in [first, second] {
                    try await checkFailure(of: old.journal, appending: .entry(3, plan: plan()), code: .deposed)
                }
            }
        }
    }

    /// As after a restore, when others have written before its next reading.
    @Test func aNodeWhoseLastWordsAreNotInEtcdBeginsAnew() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(plan())
                let first = try #require(nodes[0].session.lease).number
                let key = FleetKeys(prefix: try cluster.configuration().prefix).member(nodes[0].name)
                let old = try #require(try await nodes[1].client.value(of: key).value).bytes
                try await eventually("it says something else") {
                    try await nodes[1].client.value(of: key).value?.bytes != old
                }
                try await nodes[1].client.put(key, old)
                await term.ended()
                #expect(!term.isSure(.zero))
                try await eventually("it has another lease") {
                    nodes[0].session.lease.map { $0.number != first } ?? false
                }
                #expect(try await nodes[1].leadership.lead(plan()).number > term.number)
            }
        }
    }

    @Test func aRevisionThatGoesBackIsNoticed() {
        let marks = RevisionMarks()
        marks.note(7, since: marks.floor)
        marks.note(9, since: marks.floor)
        // It began when 7 was the highest.
        marks.note(8, since: 7)
        #expect(marks.setbacks == 0 && marks.floor == 9)
        marks.note(4, since: 9)
        #expect(marks.setbacks == 1 && marks.floor == 4)
        // It began before, and says the same.
        marks.note(5, since: 9)
        #expect(marks.setbacks == 1)
        marks.note(6, since: 4)
        #expect(marks.setbacks == 1 && marks.floor == 6)
    }
}
