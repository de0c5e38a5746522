import BrokerTesting
import Foundation
import JOSE
import KeyRotation
import SecretSealing
import Testing

@testable import EtcdCoordination

/// What is believed of what lies in etcd, and what operators see.
@Suite(.timeLimit(.minutes(5))) struct FleetTests {
    @Test func nobodyWithoutTheFleetsKeyAcknowledgesForANode() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                for node in nodes { try await node.board.acknowledge(RotationID(1), of: plan(), now: Date()) }
                let keys = FleetKeys(prefix: try cluster.configuration().prefix)
                let (one, two) = (
                    keys.acknowledgement(try plan(), nodes[0].name), keys.acknowledgement(try plan(), nodes[1].name)
                )
                let stranger = try AESSealer(.random())
                let forged = Acknowledgement(rotation: RotationID(2), since: Date(), lastSeen: Date())
                // What another node said, what is said with another key, and what nobody says.
                let replayed = try #require(try await nodes[0].client.value(of: one).value).bytes
                for box in [replayed, try forged.sealed(plan(), nodes[1].name, stranger), Array("yes".utf8)] {
                    try await nodes[0].client.put(two, box)
                    let found = try await nodes[0].board.consumers(of: plan()).first { $0.node == nodes[1].name }
                    #expect(found != nil && found?.inUse == nil, "it is a consumer that has said nothing")
                }
                // Nor is a node drained so that nobody waits for it; it leads nothing meanwhile.
                try await nodes[0].client.put(keys.draining(nodes[1].name), Array("yes".utf8))
                #expect(try await nodes[0].board.consumers(of: plan()).count == 2)
                try await nodes[0].fleet.drain(nodes[1].name)
                #expect(try await nodes[0].board.consumers(of: plan()).map(\.node) == [nodes[0].name])
            }
        }
    }

    @Test func noKeyLiesInEtcdInTheClear() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(try plan())
                let sink = try #require(term.publication)
                var secrets: [String] = []
                for number in 1...3 {
                    let key = PublishedKey(
                        plan: try plan(),
                        rotation: RotationID(UInt64(number)),
                        id: KeyID("key-\(number)"),
                        material: drawnKey()
                    )
                    secrets += key.material.fields.values.map(\.exposed)
                    _ = try await sink.perform(.publish(key))
                }
                let all = try await nodes[0].client.values(in: .all(under: "/iam-broker/test/")).values
                #expect(all.contains { $0.key.hasSuffix("/current") } && all.contains { $0.key.hasSuffix("/previous") })
                for value in all {
                    let text = String(decoding: value.bytes, as: UTF8.self)
                    #expect(
                        !secrets.contains { text.contains($0) || text.contains(Data($0.utf8).base64EncodedString()) }
                    )
                }
            }
        }
    }

    @Test func aKeyOfAnotherFleetIsNotFed() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let key = PublishedKey(plan: try plan(), rotation: RotationID(1), id: KeyID("k"), material: drawnKey())
                let sink = try #require(try await nodes[0].leadership.lead(plan()).publication)
                _ = try await sink.perform(.publish(key))
                let other = EtcdKeyFeed(nodes[0].session, sealer: try AESSealer(.random()))
                let error = await #expect(throws: JournalError.self) { try await other.current(plan()) }
                #expect(error?.code == .corrupt)
                #expect(error?.message.contains("the same key of the fleet") == true)
                // Nor is what lies at the place of another plan.
                let keys = FleetKeys(prefix: try cluster.configuration().prefix)
                let bytes = try #require(try await nodes[0].client.value(of: keys.current(plan())).value).bytes
                try await nodes[0].client.put(keys.current(plan("other")), bytes)
                await #expect(throws: JournalError.self) { try await nodes[0].feed.current(plan("other")) }
            }
        }
    }

    @Test func operatorsSeeTheFleet() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                let (one, two) = (nodes[0].name, nodes[1].name)
                for node in nodes { try await nodes[0].waits(until: node.name, isLive: true) }
                let term = try await nodes[0].leadership.lead(try plan())
                try await nodes[1].board.acknowledge(RotationID(1), of: plan(), now: Date())
                try await nodes[0].fleet.drain(two)
                let reading = try await nodes[0].fleet.reading([try plan("other"), try plan()])
                #expect(reading.nodes.map(\.name) == [one, two])
                #expect(
                    reading.nodes.allSatisfy {
                        $0.isLive && $0.version == "test" && $0.since != nil && $0.lastSeen != nil
                    }
                )
                #expect(reading.nodes.map(\.isDraining) == [false, true])
                #expect(reading.plans.map(\.name.rawValue) == ["other", "reports"])
                #expect(reading.plans[0].leader == nil && reading.plans[0].consumers.isEmpty)
                #expect(reading.plans[1].leader == one && reading.plans[1].term == term.number)
                #expect(reading.plans[1].consumers.map(\.node) == [two])

                #expect(try await !nodes[0].fleet.forget(two), "a node that runs is not forgotten")
                try await nodes[1].pause(seenBy: nodes[0])
                #expect(try await nodes[0].fleet.forget(two))
                let left = try await nodes[0].fleet.reading([try plan()])
                #expect(left.nodes.map(\.name) == [one] && left.plans[0].consumers.isEmpty)
            }
        }
    }

    @Test func aPlanKeepsItsLastEvents() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let node = nodes[0]
                let name = try plan()
                _ = try await node.leadership.lead(name)
                let keys = FleetKeys(prefix: try cluster.configuration().prefix)
                let leader = try #require(try await node.client.value(of: keys.leader(name)).value)
                let claim = LeaderClaim(
                    plan: name,
                    key: leader.key,
                    number: leader.createRevision,
                    record: leader.bytes
                )
                let term = EtcdTerm(claim, try #require(node.session.lease), node.session)
                let journal = EtcdJournal(node.client, keys, term, historyLimit: 5)
                for sequence in 1...12 { try await journal.append(.entry(sequence, plan: name)) }
                let events = try await EtcdJournal(reading: node.client).history(of: name, limit: .max)
                #expect(events.map(\.detail) == (8...12).reversed().map { "event \($0)" })
                #expect(EtcdJournal.historyLimit == 1_000)
            }
        }
    }

    /// Not by another sequence, another state, or another form.
    @Test func anEntryThatSomebodyChangedIsDamaged() async throws {
        try await EtcdCluster.run { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(try plan())
                try await term.journal.append(.entry(1, plan: plan()))
                let key = FleetKeys(prefix: try cluster.configuration().prefix).state(try plan())
                let right = try #require(try await nodes[0].client.value(of: key).value).bytes
                let journal = EtcdJournal(reading: nodes[0].client)
                let newer = Array(
                    String(decoding: right, as: UTF8.self).replacing("\"format\":1", with: "\"format\":2").utf8
                )
                let cases: [(bytes: [UInt8], code: JournalError.Code)] = [
                    (right + [0], .corrupt), (Array("{}".utf8), .corrupt), ([], .corrupt), (newer, .tooNew),
                ]
                for (bytes, code) in cases {
                    // As its first version, so that nothing but the content is wrong.
                    try await nodes[0].client.delete(.one(key))
                    try await nodes[0].client.put(key, bytes)
                    let error = await #expect(throws: JournalError.self) { try await journal.latest() }
                    #expect(error?.code == code)
                    #expect(error?.message.contains(key) == true)
                }
                try await nodes[0].client.delete(.one(key))
                for _ in 1...2 { try await nodes[0].client.put(key, right) }
                let error = await #expect(throws: JournalError.self) { try await journal.latest() }
                #expect(error?.code == .corrupt, "it was written once more than its number says")
            }
        }
    }
}
