import CloudSimulator
import Foundation
import Glibc
import JOSE
import Testing

/// Three machines rotate one key through three processes of etcd, while machines and etcd fail.
///
/// In all that time each machine's consumer uses the key that it finds.
@Suite(.timeLimit(.minutes(30))) struct FleetFaultTests {
    private static let plan = """
        target: { iam-api-key: { service_id: \(World.serviceID) } }
        publish: [ { file: { path: FOLDER/keys/archive, format: raw, field: api_key } } ]
        overlap: 1s
        idle: none
        disabled: 0s
        limits: { creations_per_day: 1000, failed_rotations: 100 }
        patience: { settle: 1s }
        """

    /// What goes wrong in the middle of a rotation that `leader` carries out, and how it is over; says what was seen.
    private typealias Fault =
        @Sendable (_ leader: FleetNode, _ others: [FleetNode], _ etcd: EtcdProcesses) async throws -> String

    private struct Row {
        let fault: String
        let seen: String
        let leader: String
    }

    private static let faults: [(name: String, fault: Fault)] = [
        ("none", { _, _, _ in "nothing" }),
        (
            "the rotating daemon is killed",
            { leader, others, _ in
                let old = try await term(others[0])
                try await leader.killAndStartAnew()
                return try await takenOver(after: old, seenBy: others[0])
            }
        ),
        (
            "the rotating daemon is paused for longer than its lease",
            { leader, others, _ in
                let old = try await term(others[0])
                try leader.signal(SIGSTOP)
                let seen = try await takenOver(after: old, seenBy: others[0])
                try leader.signal(SIGCONT)
                return seen
            }
        ),
        (
            "the rotating daemon is cut off from etcd",
            { leader, others, _ in
                let old = try await term(others[0])
                leader.cutOff()
                let seen = try await takenOver(after: old, seenBy: others[0])
                #expect(try await leader.tokenStatus() == 200, "tokens are handed out without etcd")
                leader.reconnect()
                return seen
            }
        ),
        (
            "a consumer's machine is paused",
            { leader, others, _ in
                try others[0].signal(SIGSTOP)
                try await until("it is waited for") { try await missing(at: leader).contains(others[0].name) }
                try others[0].signal(SIGCONT)
                return "the old key stayed until \(others[0].name) went on"
            }
        ),
        (
            "etcd's leader is killed",
            { _, _, etcd in
                let index = try await etcd.leader()
                etcd.stop(index)
                try await until("another member leads") { try await etcd.leads(otherThan: index) }
                try await etcd.start(index)
                return "member \(index) was killed, and another one led"
            }
        ),
        (
            "etcd's leader is paused",
            { _, _, etcd in
                let index = try await etcd.leader()
                try etcd.signal(index, SIGSTOP)
                try await until("another member leads") { try await etcd.leads(otherThan: index) }
                try etcd.signal(index, SIGCONT)
                return "member \(index) was paused, and another one led"
            }
        ),
        (
            "all of etcd is away",
            { leader, others, etcd in
                etcd.stopAll()
                try await until("rotation waits visibly") {
                    let plan = try await leader.answer("rotation", "status", "archive")?["rotations"]?.array?.first
                    return plan?["state"]?.string == "unknown" && plan?["reason"]?.string?.contains("etcd") == true
                }
                for node in [leader] + others { #expect(try await node.tokenStatus() == 200) }
                #expect(try await leader.command("fleet", "status").exitCode == 69)
                try await etcd.startAll()
                return "status said so, and 3 of 3 machines handed out tokens"
            }
        ),
        (
            "etcd is compacted",
            { _, _, etcd in
                let run = try await etcd.etcdctl(["endpoint", "status", "-w", "fields"])
                let revision = run.output.split(separator: "\n").first { $0.contains("\"Revision\"") }?
                    .split(separator: ":").last?
                    .trimmingCharacters(in: .whitespaces)
                let compaction = try await etcd.etcdctl(["compact", "--physical", try #require(revision)])
                #expect(compaction.exitCode == 0, "\(compaction.errors)")
                return "revisions before \(revision ?? "") are gone"
            }
        ),
    ]

    private static func term(_ node: FleetNode) async throws -> Int {
        try #require(try await node.leader(), "nobody leads").term
    }

    private static func takenOver(after old: Int, seenBy node: FleetNode) async throws -> String {
        var found: (name: String, term: Int)?
        try await until("another term begins") {
            found = try await node.leader()
            return found.map { $0.term > old } ?? false
        }
        let (name, term) = try #require(found)
        return "\(name) took over: term \(term) after \(old)"
    }

    private static func missing(at node: FleetNode) async throws -> [String] {
        let plan = try await node.answer("rotation", "status", "archive")?["rotations"]?.array?.first
        return (plan?["rotation"]?["missing"]?.array ?? []).compactMap(\.string)
    }

    /// Asks until it is so; each question starts a process, which is pause enough.
    private static func until(
        _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ isSo: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(400)
        while try await !isSo() {
            try #require(ContinuousClock.now < end, "\(what): not in time", sourceLocation: sourceLocation)
        }
    }

    @Test func exactlyOneKeyLivesAndEveryConsumerHasItWhateverFailsNeedsRoot() async throws {
        try #require(geteuid() == 0, "this test needs root: its relay takes a user ID")
        let cloud = try World.cloud()
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            let etcd = try await EtcdProcesses()
            defer { etcd.stopAll() }
            let shared = try ScratchFolder()
            try shared.createFolder("keys")
            let key = (0..<32).map { _ in String(format: "%02x", UInt8.random(in: .min ... .max)) }.joined()
            try shared.write("keys/fleet", key)
            #expect(chmod(shared.path("keys/fleet"), 0o600) == 0)
            var nodes: [FleetNode] = []
            for name in ["node-1", "node-2", "node-3"] {
                let node = try await FleetNode(
                    name,
                    etcd,
                    cloud: address.url,
                    key: shared.path("keys/fleet"),
                    plan: Self.plan
                )
                nodes.append(node)
                try await node.start()
            }
            try await rotate(nodes)
            let consumer = try KeyConsumer(cloud, at: address.url, files: nodes.map(\.keyFile))
            async let consumption: Void = blocking { try consumer.run() }
            var rows: [Row] = []
            do {
                for (name, fault) in Self.faults { rows.append(try await play(name, fault, nodes, etcd, cloud)) }
            } catch {
                consumer.stop()
                throw error
            }
            let status = try await nodes[0].command("fleet", "status")
            consumer.stop()
            try await consumption
            print("fault | observed | leader after it")
            for row in rows { print("\(row.fault) | \(row.seen) | \(row.leader)") }
            print("\(consumer.uses) uses, \(consumer.exchanges) for a token, \(consumer.failures.count) failed")
            print(status.output)
            #expect(consumer.failures.isEmpty, "\(consumer.failures.prefix(5).joined(separator: "; "))")
            #expect(consumer.keyCount >= rows.count)
            for node in nodes { try await node.stop(secrets: [key] + cloud.apiKeys.map(\.value.exposed)) }
        }
    }

    /// One rotation, with a fault in its middle, and what must be so after it.
    private func play(
        _ name: String,
        _ fault: Fault,
        _ nodes: [FleetNode],
        _ etcd: EtcdProcesses,
        _ cloud: CloudSimulator
    ) async throws -> Row {
        let before = try await finished(nodes)
        let leader = try await leader(of: nodes)
        let others = nodes.filter { $0 !== leader }
        #expect(try await leader.begin("archive") == 200)
        let seen = try await fault(leader, others, etcd)
        try await Self.until("\(name): the rotation ends") { try await finished(nodes) > before }
        let live = cloud.apiKeys.filter { $0.serviceID == World.serviceID }
        #expect(live.count == 1, "\(name): \(live.map(\.name).joined(separator: " "))")
        try await Self.until("\(name): every machine has the key") {
            try nodes.allSatisfy { node in
                let text = try String(contentsOfFile: node.keyFile, encoding: .utf8).filter { !$0.isWhitespace }
                return text == live.first?.value.exposed
            }
        }
        return Row(fault: name, seen: seen, leader: try await self.leader(of: nodes).name)
    }

    private func rotate(_ nodes: [FleetNode]) async throws {
        let leader = try await leader(of: nodes)
        let run = try await leader.command("rotation", "run", "--now", "archive")
        #expect(run.exitCode == 0, "\(run.errors)")
        try await Self.until("every machine has the first key") {
            nodes.allSatisfy { FileManager.default.fileExists(atPath: $0.keyFile) }
        }
    }

    private func leader(of nodes: [FleetNode]) async throws -> FleetNode {
        var found: FleetNode?
        try await Self.until("somebody leads") {
            guard let name = try await nodes[0].leader()?.name else { return false }
            found = nodes.first { $0.name == name }
            return found != nil
        }
        return try #require(found)
    }

    /// How many rotations have ended well, as any of the nodes knows.
    private func finished(_ nodes: [FleetNode]) async throws -> Int {
        for node in nodes {
            let events = try await node.answer("rotation", "history", "archive", "-n", "1000")?["events"]?.array
            if let events { return events.count { $0["kind"]?.string == "finished" } }
        }
        return 0
    }
}

extension EtcdProcesses {
    /// Whether a member leads that is not this one, as the others know.
    func leads(otherThan index: Int) async throws -> Bool {
        for other in 0..<count where other != index {
            let run = try await etcdctl(["--command-timeout", "2s", "endpoint", "status", "-w", "fields"], at: other)
            let fields = run.output.split(separator: "\n").map(String.init)
            func value(_ name: String) -> String? {
                fields.first { $0.contains(name) }?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
            }
            if let leader = value("\"Leader\""), leader != "0", leader == value("\"MemberID\"") { return true }
        }
        return false
    }
}
