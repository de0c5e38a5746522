import Foundation
import Glibc
import JOSE
import Synchronization
import Testing

/// A machine of a fleet: its folder, its daemon, and its way to etcd, which can be cut.
final class FleetNode: Sendable {
    let name: String
    let folder: ScratchFolder
    private let configuration: String
    private let relay: ServerProcess
    private let process = Mutex<DaemonProcess?>(nil)

    var admin: String { folder.path("a") }
    var keyFile: String { folder.path("keys/archive") }

    /// - Parameters:
    ///   - name: what the fleet calls it.
    ///   - etcd: the cluster.
    ///   - cloud: the URL of the cloud.
    ///   - key: the file of the fleet's key.
    ///   - plan: what the plan `archive` has beside version, name and profile.
    /// - Throws: when its relay cannot be started.
    init(_ name: String, _ etcd: EtcdProcesses, cloud: String, key: String, plan: String) async throws {
        self.name = name
        folder = try ScratchFolder()
        try folder.createFolder("keys")
        let ports = try etcd.endpoints.map { _ in try EtcdProcesses.freePort() }
        let pairs = zip(ports, etcd.endpoints).flatMap { ["127.0.0.1:\($0)", String($1.dropFirst("http://".count))] }
        relay = try await ServerProcess(
            ["/usr/bin/python3", Program.client("relay.py"), "\(getuid())"] + pairs,
            readyAt: "ready"
        )
        var setup = Setup.rotating(["archive": plan])
        let endpoints = ports.map { "\"http://127.0.0.1:\($0)\"" }.joined(separator: ", ")
        setup.etcd = "{ endpoints: [\(endpoints)], fleet: test, node: \(name), key: \(key), lease: 20s }"
        configuration = try setup.write(to: folder, cloud: cloud)
    }

    var daemon: DaemonProcess { get throws { try #require(process.withLock { $0 }) } }

    func start() async throws {
        let daemon = try await DaemonProcess(configuration: configuration)
        process.withLock { $0 = daemon }
    }

    func signal(_ number: Int32) throws { try daemon.kill(number) }

    /// From now on nothing of what it sends to etcd arrives, and nobody tells it.
    func cutOff() { #expect(kill(relay.processID, SIGSTOP) == 0) }

    func reconnect() { #expect(kill(relay.processID, SIGCONT) == 0) }

    func killAndStartAnew() async throws {
        try signal(SIGKILL)
        _ = try await daemon.waitForEnd()
        try await start()
    }

    func stop(secrets: [String]) async throws {
        try await daemon.stop(secrets: secrets)
        relay.stop()
    }

    // MARK: What it says

    func command(_ arguments: String...) async throws -> ProgramRun {
        try await Program.command.run(arguments + ["--socket", admin])
    }

    func answer(_ arguments: String...) async throws -> JSONValue? {
        let run = try await Program.command.run(arguments + ["--json", "--socket", admin])
        guard run.exitCode == 0 else { return nil }
        return try JSONDocument(parsing: Array(run.output.utf8), limits: JSONLimits(size: 1 << 22)).root
    }

    /// The leader of the plan and its term, as this node sees it; `nil` for none, or when etcd does not answer.
    func leader() async throws -> (name: String, term: Int)? {
        guard let plan = try await answer("fleet", "status")?["plans"]?.array?.first, let name = plan["leader"]?.string,
            let term = plan["term"]?.integer
        else { return nil }
        return (name, Int(term))
    }

    /// The status of a request for a token.
    func tokenStatus() async throws -> Int {
        try await exchange(folder.path("w"), "GET", "/v1/token?profile=reports").status
    }

    /// Begins a rotation, and does not wait for it; answers with the status.
    func begin(_ plan: String) async throws -> Int {
        try await exchange(admin, "POST", "/v1/rotations/run?plan=\(plan)&when=now").status
    }

    private func exchange(_ socket: String, _ method: String, _ target: String) async throws -> Reply {
        try await blocking {
            let connection = try Connection(socket)
            try connection.request(method, target)
            return try #require(try connection.receive(), "the daemon closed without an answer")
        }
    }
}
