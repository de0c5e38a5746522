import EtcdCoordination
import Foundation
import JOSE
import Synchronization
import TestFiles
import Testing
import TokenBroker

/// One or three processes of etcd on this machine, in a folder of their own.
final class EtcdCluster: Sendable {
    struct Options: Sendable {
        var size = 1
        /// With TLS: clients must show a certificate of its authority.
        var certificates: CertificateFolder?
        /// Further arguments.
        var arguments: [String] = []
    }

    let release: EtcdRelease
    let options: Options
    let members: [EtcdMember]
    private let folder: URL
    /// A restored cluster has folders of its own.
    private let generation = Mutex(0)

    private init(_ release: EtcdRelease, _ options: Options, in folder: URL) throws {
        (self.release, self.options, self.folder) = (release, options, folder)
        members = try (0..<options.size).map { try EtcdMember(name: "m\($0)") }
    }

    /// Runs `body` with a cluster that answers.
    static func run(
        _ release: EtcdRelease = .debian,
        _ options: Options = Options(),
        _ body: (EtcdCluster) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "etcd-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let cluster = try EtcdCluster(release, options, in: folder)
        defer {
            for member in cluster.members { member.kill() }
            #expect(throws: Never.self) { try cluster.discard() }
        }
        for index in cluster.members.indices { try cluster.start(index) }
        try await cluster.waitUntilItAnswers()
        do {
            try await body(cluster)
        } catch {
            Issue.record("\(error)\n\(cluster.logs)")
        }
    }

    /// Its log is 64 MiB of mostly nothing; what it holds is in the database, too.
    private func discard() throws {
        for case let url as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            ?? .init()
        where url.lastPathComponent == "wal" { try FileManager.default.removeItem(at: url) }
        try TestFiles.discard(folder)
    }

    /// The last lines of each member's log.
    private var logs: String {
        members.map { member in
            let text = (try? String(contentsOf: log(member), encoding: .utf8)) ?? ""
            return "\(member.name):\n" + text.split(separator: "\n").suffix(8).joined(separator: "\n")
        }
        .joined(separator: "\n")
    }

    // MARK: Clients

    private var scheme: String { options.certificates == nil ? "http" : "https" }

    func endpoint(_ index: Int) throws -> EtcdEndpoint {
        try #require(EtcdEndpoint("\(scheme)://127.0.0.1:\(members[index].clientPort)"))
    }

    func configuration(user: EtcdConfiguration.User? = nil) throws -> EtcdConfiguration {
        var configuration = EtcdConfiguration(
            endpoints: try members.indices.map { try endpoint($0) },
            prefix: "/iam-broker/test/",
            user: user,
            deadlines: .init(connect: .seconds(1), attempt: .seconds(2), total: .seconds(15))
        )
        if let certificates = options.certificates {
            configuration.trust = .certificateAuthorityFile(certificates.path("ca.pem"))
            configuration.certificate = .init(
                chainFile: certificates.path("client.pem"),
                keyFile: certificates.path("keys/client-key.pem")
            )
        }
        return configuration
    }

    func withClient(
        _ configuration: EtcdConfiguration? = nil,
        _ body: (EtcdClient) async throws -> Void
    ) async throws {
        let client = try EtcdClient(try configuration ?? self.configuration(), time: BootTime())
        do {
            try await body(client)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    func waitUntilItAnswers() async throws {
        try await withClient { client in
            let journal = EtcdJournal(reading: client)
            try await eventually("etcd answers") { (try? await journal.latest()) != nil }
        }
    }

    // MARK: Members

    private func log(_ member: EtcdMember) -> URL { folder.appending(path: "\(member.name).log") }

    private func data(_ member: EtcdMember) -> String {
        folder.appending(path: "\(member.name)-\(generation.withLock { $0 }).data").path()
    }

    private var initialCluster: String {
        members.map { "\($0.name)=http://127.0.0.1:\($0.peerPort)" }.joined(separator: ",")
    }

    func start(_ index: Int) throws {
        let member = members[index]
        let client = "\(scheme)://127.0.0.1:\(member.clientPort)"
        let peer = "http://127.0.0.1:\(member.peerPort)"
        var arguments = [
            "--name", member.name, "--data-dir", data(member), "--listen-client-urls", client,
            "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", initialCluster, "--initial-cluster-token", folder.lastPathComponent,
        ]
        if let certificates = options.certificates {
            arguments += [
                "--cert-file", certificates.path("server.pem"), "--key-file", certificates.path("keys/server-key.pem"),
                "--trusted-ca-file", certificates.path("ca.pem"), "--client-cert-auth",
            ]
        }
        try member.start(try release.program("etcd"), arguments + options.arguments, log: log(member))
    }

    /// The member that leads the others.
    func leader() async throws -> Int {
        struct Report: Decodable {
            struct Status: Decodable {
                struct Header: Decodable {
                    let member: UInt64
                    enum CodingKeys: String, CodingKey { case member = "member_id" }
                }
                let header: Header
                let leader: UInt64?
            }
            let status: Status
            enum CodingKeys: String, CodingKey { case status = "Status" }
        }
        for index in members.indices where members[index].isRunning {
            let text = try await etcdctl(["endpoint", "status", "-w", "json"], at: index)
            let found = try JSONDecoder().decode([Report].self, from: Data(text.utf8))
            if let status = found.first?.status, status.leader == status.header.member { return index }
        }
        throw EtcdError(.unavailable, "no member leads")
    }

    /// What `etcdctl` says; it throws when it fails.
    @discardableResult
    func etcdctl(_ arguments: [String], at index: Int = 0) async throws -> String {
        var all = ["--endpoints", try endpoint(index).description] + arguments
        if let certificates = options.certificates {
            all += [
                "--cacert", certificates.path("ca.pem"), "--cert", certificates.path("client.pem"), "--key",
                certificates.path("keys/client-key.pem"),
            ]
        }
        return try await Tool.run(try release.program("etcdctl"), all, environment: ["ETCDCTL_API": "3"])
    }

    // MARK: Snapshots

    private var snapshot: String { folder.appending(path: "snapshot.db").path() }

    func saveSnapshot() async throws {
        try await etcdctl(["snapshot", "save", snapshot])
    }

    /// Kills all members and starts them with what the snapshot has.
    func restoreSnapshot() async throws {
        for member in members { member.kill() }
        generation.withLock { $0 += 1 }
        for member in members {
            let arguments = [
                "snapshot", "restore", snapshot, "--name", member.name, "--data-dir", data(member), "--initial-cluster",
                initialCluster, "--initial-cluster-token", folder.lastPathComponent, "--initial-advertise-peer-urls",
                "http://127.0.0.1:\(member.peerPort)",
            ]
            try await Tool.run(try release.program("etcdctl"), arguments, environment: ["ETCDCTL_API": "3"])
        }
        for index in members.indices { try start(index) }
        try await waitUntilItAnswers()
    }
}
