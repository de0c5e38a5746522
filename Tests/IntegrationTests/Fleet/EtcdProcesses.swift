import Foundation
import Glibc
import Synchronization
import Testing

/// Three processes of etcd on this machine, in a folder of their own.
final class EtcdProcesses: Sendable {
    private struct Member: Sendable {
        let name: String
        let client: UInt16
        let peer: UInt16
    }

    private let folder: ScratchFolder
    private let members: [Member]
    private let processes = Mutex<[Int: ServerProcess]>([:])

    /// Where the members answer.
    var endpoints: [String] { members.map { "http://127.0.0.1:\($0.client)" } }
    var count: Int { members.count }

    init() async throws {
        folder = try ScratchFolder()
        members = try (0..<3).map { Member(name: "m\($0)", client: try Self.freePort(), peer: try Self.freePort()) }
        try await startAll()
    }

    func start(_ index: Int) async throws {
        let etcd = try #require(
            ["/usr/bin/etcd"].first { FileManager.default.isExecutableFile(atPath: $0) },
            "etcd is missing; run: apt-get install etcd-server"
        )
        let member = members[index]
        let (client, peer) = ("http://127.0.0.1:\(member.client)", "http://127.0.0.1:\(member.peer)")
        let cluster = members.map { "\($0.name)=http://127.0.0.1:\($0.peer)" }.joined(separator: ",")
        let process = try await ServerProcess(
            [
                etcd, "--name", member.name, "--data-dir", folder.path("\(member.name).data"),
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                "--initial-cluster", cluster, "--initial-cluster-token", "fleet-test",
            ],
            readyAt: "ready to serve client requests"
        )
        processes.withLock { $0[index] = process }
    }

    func signal(_ index: Int, _ signal: Int32) throws {
        let process = try #require(processes.withLock { $0[index] })
        #expect(kill(process.processID, signal) == 0)
    }

    func stop(_ index: Int) {
        processes.withLock { $0.removeValue(forKey: index) }?.stop()
    }

    func stopAll() { for index in members.indices { stop(index) } }

    /// None is ready before most are there.
    func startAll() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in members.indices { group.addTask { try await self.start(index) } }
            try await group.waitForAll()
        }
    }

    /// The member that leads the others.
    func leader() async throws -> Int {
        for index in members.indices {
            let run = try await etcdctl(["endpoint", "status", "-w", "fields"], at: index)
            let fields = run.output.split(separator: "\n").map { $0.split(separator: ":").map(String.init) }
            func field(_ name: String) -> String? {
                fields.first { $0.first?.contains(name) == true }?.last?.trimmingCharacters(in: .whitespaces)
            }
            if let leader = field("\"Leader\""), leader == field("\"MemberID\"") { return index }
        }
        throw DidNotHappen(description: "no member of etcd leads")
    }

    @discardableResult
    func etcdctl(_ arguments: [String], at index: Int = 0) async throws -> ProgramRun {
        let all = ["ETCDCTL_API=3", "etcdctl", "--endpoints", endpoints[index]] + arguments
        return try await Program.run(URL(filePath: "/usr/bin/env"), ["PATH=/usr/bin:/bin"] + all)
    }

    /// A port that nobody has, of a socket that is closed at once.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port: UInt16? = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(descriptor, pointer, length) == 0, getsockname(descriptor, pointer, &length) == 0 else {
                    return nil
                }
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_port.bigEndian }
            }
        }
        return try #require(port)
    }
}
