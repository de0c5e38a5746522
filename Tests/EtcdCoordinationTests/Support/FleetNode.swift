import BrokerTesting
import EtcdCoordination
import Foundation
import JOSE
import KeyRotation
import Logging
import SecretSealing
import Testing

/// A broker of a fleet, as far as etcd sees it.
struct FleetNode: Sendable {
    let name: NodeName
    let client: EtcdClient
    let session: EtcdSession
    let leadership: EtcdLeadership
    let board: EtcdConsumerBoard
    let feed: EtcdKeyFeed
    let fleet: EtcdFleet
    let time: BootTime

    /// Lease times are short, so that tests are; a busy machine may still lose one, and goes on.
    static let leaseSeconds = 8

    /// Runs `body` with nodes whose sessions are kept meanwhile.
    static func run(
        _ names: [String],
        in cluster: EtcdCluster,
        sealer: AESSealer? = nil,
        _ configuration: EtcdConfiguration? = nil,
        _ body: ([FleetNode]) async throws -> Void
    ) async throws {
        let sealer = try sealer ?? AESSealer(.random())
        var nodes: [FleetNode] = []
        for name in names {
            let name = try #require(NodeName(rawValue: name))
            nodes.append(try FleetNode(name, try configuration ?? cluster.configuration(), sealer))
        }
        let kept = nodes
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in kept { group.addTask { await node.session.run() } }
                defer { group.cancelAll() }
                try await body(kept)
            }
        } catch {
            for node in nodes { try await node.client.shutdown() }
            throw error
        }
        for node in nodes { try await node.client.shutdown() }
    }

    private init(_ name: NodeName, _ configuration: EtcdConfiguration, _ sealer: AESSealer) throws {
        let time = BootTime()
        let client = try EtcdClient(configuration, time: time)
        let setting = EtcdSession.Setting(
            node: name,
            version: "test",
            leaseSeconds: Self.leaseSeconds,
            attendance: .milliseconds(500),
            patience: .seconds(2)
        )
        let session = EtcdSession(client, setting, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        (self.name, self.client, self.session, self.time) = (name, client, session, time)
        leadership = EtcdLeadership(session, sealer: sealer)
        board = EtcdConsumerBoard(session, sealer: sealer)
        feed = EtcdKeyFeed(session, sealer: sealer)
        fleet = EtcdFleet(client, sealer: sealer)
    }

    /// Keeps the node from doing anything until its lease has ended in etcd.
    func pause(seenBy other: FleetNode) async throws {
        time.pause()
        try await other.waits(until: name, isLive: false)
    }

    func waits(until node: NodeName, isLive: Bool) async throws {
        try await eventually("\(node) is live: \(isLive)") {
            try await fleet.reading([]).nodes.first { $0.name == node }?.isLive == isLive
        }
    }

    /// For the kit of leadership.
    func leading(seenBy other: FleetNode) -> LeadingNode {
        LeadingNode(
            name: name,
            leadership: leadership,
            pause: { try await pause(seenBy: other) },
            resume: { time.resume() }
        )
    }
}

/// Values of keys that no key has.
func drawnKey() -> KeyMaterial {
    KeyMaterial(["api_key": .init(RotationID(.random(in: .min ... .max)).rawValue + "-fleet-key")])
}

func plan(_ name: String = "reports") throws -> PlanName { try #require(PlanName(rawValue: name)) }

extension JournalEntry {
    static func entry(_ sequence: Int, plan: PlanName, _ sealed: SealedChange = .keep) -> JournalEntry {
        JournalEntry(
            plan: plan,
            sequence: sequence,
            state: Array("{\"n\":\(sequence)}".utf8),
            sealed: sealed,
            event: JournalEvent(
                plan: plan,
                rotation: RotationID(7),
                at: Date(timeIntervalSince1970: 1_788_256_800 + Double(sequence)),
                kind: "created",
                detail: "event \(sequence)"
            )
        )
    }
}
