import Foundation
import Testing

/// An instance with the broker, and the simulated metadata service beyond its network: two network namespaces.
///
/// ```text
/// instance 10.240.0.4 -- 10.240.0.1 and 169.254.169.254 metadata service
/// ```
/// IAM is at 127.0.0.1:8171 of the instance, because the daemon calls it only encrypted or on its own machine.
struct WalledInstance: Sendable {
    /// The user of the broker, the one that has a grant, and one without: numbers that no user of the machine has.
    static let (broker, granted, stranger) = (64_999, 64_998, 64_997)

    let network: NetworkNamespace
    let daemon: DaemonProcess

    /// Runs `body` with all of it, and takes it down.
    static func run(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (WalledInstance) async throws -> Void
    ) async throws {
        let network = try await NetworkNamespace()
        defer { network.stop() }
        let service = try await NetworkNamespace()
        defer { service.stop() }
        try await connect(network, to: service)
        let simulator = try await ServerProcess(
            [try Program.simulator.url().path(), "serve", "--listen", "169.254.169.254:80"],
            in: service,
            readyAt: "listening on"
        )
        defer { simulator.stop() }
        let relay = try await ServerProcess(
            ["/usr/bin/python3", Program.client("relay.py"), "\(broker)", "127.0.0.1:8171", "169.254.169.254:80"],
            in: network,
            readyAt: "ready"
        )
        defer { relay.stop() }
        try await run(in: network, sourceLocation: sourceLocation, body)
    }

    private static func run(
        in network: NetworkNamespace,
        sourceLocation: SourceLocation,
        _ body: (WalledInstance) async throws -> Void
    ) async throws {
        var setup = Setup()
        setup.emulation = "127.0.0.1:8169"
        setup.metadataService = "http://169.254.169.254"
        setup.user = "\(broker)"
        setup.policy = """
            version: 1
            grants:
              - { name: workload, profiles: [reports], metadata: [instance], workloads: [ { uid: \(granted) } ] }

            """
        let folder = try ScratchFolder()
        let configuration = try setup.write(to: folder, cloud: "http://127.0.0.1:8171")
        try #require(chown(folder.path(""), UInt32(broker), UInt32(broker)) == 0)
        let daemon = try await DaemonProcess(configuration: configuration, user: setup.user, in: network)
        do {
            try await body(WalledInstance(network: network, daemon: daemon))
        } catch {
            daemon.kill(SIGKILL)
            throw error
        }
        try await daemon.stop(secrets: [], sourceLocation: sourceLocation)
    }

    private static func connect(_ instance: NetworkNamespace, to service: NetworkNamespace) async throws {
        try await instance.sh(
            """
            ip link set lo up
            ip link add eth0 type veth peer name eth0 netns \(service.processID)
            ip addr add 10.240.0.4/24 dev eth0
            ip link set eth0 up
            """
        )
        try await service.sh(
            """
            ip link set lo up
            ip addr add 10.240.0.1/24 dev eth0
            ip addr add 169.254.169.254/32 dev eth0
            ip link set eth0 up
            """
        )
        try await instance.sh("ip route add default via 10.240.0.1")
    }

    /// Runs `iam-broker firewall` as root of the instance.
    @discardableResult
    func firewall(_ arguments: [String]) async throws -> ProgramRun {
        try await network.run([try Program.command.url().path(), "firewall"] + arguments)
    }

    /// What IBM's SDK, which without `url` is told no address, gets for each of `questions` as each of `users`.
    func ask(_ questions: String..., at url: String = "", as users: Int...) async throws -> [Answer] {
        let python = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
            "run `make test`, which prepares IBM's SDKs"
        )
        let names = users.map { "\($0)" }.joined(separator: ",")
        let run = try await network.run([python, Program.client("unaware_client.py"), names, url] + questions)
        try #require(run.exitCode == 0, "\(run.errors)")
        return try run.output.split(separator: "\n").map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    }

    /// How a request of the SDK ended.
    struct Answer: Decodable, Equatable {
        /// Of the last response; `nil` when nobody answered.
        let status: Int?
        /// Whose token it is, or what the error says.
        let text: String
    }
}
