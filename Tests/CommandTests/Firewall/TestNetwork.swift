import Foundation
import Testing

/// An instance, the metadata service beyond its network, and a container behind it: three network namespaces.
///
/// ```text
/// container 10.88.0.2 -- 10.88.0.1 instance 10.240.0.4 -- 10.240.0.1 and 169.254.169.254 metadata service
/// ```
/// The service answers on ports 80 and 443 (TCP, and UDP too) of both its addresses; the emulation on 127.0.0.1:8169 of the
/// instance.
struct TestNetwork: Sendable {
    /// The user of the broker: a number that no user of the machine has.
    static let broker = 64_999
    static let workload = 64_998
    static let service = "169.254.169.254"

    let instance: NetworkPeer
    let metadata: NetworkPeer
    let container: NetworkPeer

    /// The network for the time of `body`.
    static func running<Result>(
        emulation: Bool = true,
        _ body: (TestNetwork) async throws -> Result
    ) async throws -> Result {
        var peers: [NetworkPeer] = []
        defer { for peer in peers { peer.stop() } }
        for name in ["instance", "metadata", "container"] {
            let peer = try NetworkPeer(.newNamespace, ["serve", "0", name])
            peers.append(peer)
            try #require(await peer.nextLine() == "ready")
        }
        try await connect(instance: peers[0], metadata: peers[1], container: peers[2])
        let places = [service, "10.240.0.1"].flatMap { ["\($0):80", "\($0):443"] }
        let answering = try NetworkPeer(.namespace(of: peers[1]), ["serve", "0", "service"] + places)
        peers.append(answering)
        try #require(await answering.nextLine() == "ready")
        let network = TestNetwork(instance: peers[0], metadata: answering, container: peers[2])
        if emulation { peers.append(try await network.listen(as: 0)) }
        return try await body(network)
    }

    /// Starts something that stands where the broker's emulation would stand.
    func listen(as user: Int, port: Int = 8_169) async throws -> NetworkPeer {
        let arguments = ["serve", "\(user)", "emulation", "127.0.0.1:\(port)"]
        let peer = try NetworkPeer(.namespace(of: instance), arguments)
        try #require(await peer.nextLine() == "ready")
        return peer
    }

    private static func connect(instance: NetworkPeer, metadata: NetworkPeer, container: NetworkPeer) async throws {
        let network = TestNetwork(instance: instance, metadata: metadata, container: container)
        let metadata = metadata.processIdentifier
        let container = container.processIdentifier
        try await network.sh(
            """
            ip link set lo up
            ip link add eth0 type veth peer name service netns \(metadata)
            ip link add bridge0 type veth peer name eth0 netns \(container)
            ip addr add 10.240.0.4/24 dev eth0
            ip addr add 10.88.0.1/24 dev bridge0
            ip link set eth0 up
            ip link set bridge0 up
            ip route add default via 10.240.0.1
            echo 1 > /proc/sys/net/ipv4/ip_forward
            nsenter --target \(metadata) --net -- ip link set lo up
            nsenter --target \(metadata) --net -- ip addr add 10.240.0.1/24 dev service
            nsenter --target \(metadata) --net -- ip addr add \(service)/32 dev service
            nsenter --target \(metadata) --net -- ip link set service up
            nsenter --target \(metadata) --net -- ip route add 10.88.0.0/24 via 10.240.0.4
            nsenter --target \(container) --net -- ip addr add 10.88.0.2/24 dev eth0
            nsenter --target \(container) --net -- ip link set eth0 up
            nsenter --target \(container) --net -- ip route add default via 10.88.0.1
            """
        )
    }

    /// Asks as a user of the instance, or of the container; the answer, or the name of the error.
    func ask(_ user: Int, _ kind: String, _ place: String, from peer: NetworkPeer? = nil) async throws -> String {
        let asking = try NetworkPeer(
            .namespace(of: peer ?? instance),
            ["ask", "\(user)", kind, place]
        )
        defer { asking.stop() }
        return try await asking.nextLine()
    }

    /// Runs `iam-broker firewall` as root of the instance.
    func firewall(_ arguments: String...) async throws -> CommandRun {
        try await inside(CommandRun.executable.path(), ["firewall"] + arguments)
    }

    /// Runs shell commands as root of the instance, which must succeed.
    @discardableResult
    func sh(_ script: String) async throws -> String {
        let run = try await inside("/bin/sh", ["-ec", "PATH=/usr/sbin:/sbin:/usr/bin:/bin\n" + script])
        try #require(run.exitCode == 0, "\(run.errors)")
        return run.output
    }

    /// Runs a program as root of the instance.
    func inside(_ program: String, _ arguments: [String], input: String = "") async throws -> CommandRun {
        try await CommandRun(
            program: URL(filePath: "/usr/bin/nsenter"),
            instance.entering + [program] + arguments,
            input: Data(input.utf8)
        )
    }
}
