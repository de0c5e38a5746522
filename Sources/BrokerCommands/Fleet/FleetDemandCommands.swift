internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import NIOHTTP1

/// What the commands that are about one node have in common.
struct FleetDemandOptions: ParsableArguments {
    @Argument(help: "The name of the node.")
    var node: String

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    /// Demands it, and prints how the fleet is then.
    func demand(_ path: String) async throws {
        let client = socket.client
        let answer = try await client.send(.POST, path, query: [(name: "node", value: node)])
        let (fleet, text) = try client.read(answer, as: FleetResponse.self)
        try StandardOutput.write(json ? text + "\n" : FleetTable(fleet, now: .now).text)
    }
}

/// `iam-broker fleet drain`.
struct FleetDrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Take a node out: it carries out no plan, and no old key is kept for it.",
        discussion: """
            Drain a node before it goes away for good. Tokens are handed out there as before; its workloads lose a rotated key \
            when the old one is deleted. 'iam-broker fleet undrain NODE' takes it back.
            """
    )

    @OptionGroup var options: FleetDemandOptions

    func run() async throws { try await options.demand(BrokerPath.fleetDrain) }
}

/// `iam-broker fleet undrain`.
struct FleetUndrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain",
        abstract: "Have a node take part again."
    )

    @OptionGroup var options: FleetDemandOptions

    func run() async throws { try await options.demand(BrokerPath.fleetUndrain) }
}

/// `iam-broker fleet forget`.
struct FleetForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove what is known of a node that is gone for good.",
        discussion: "A node that is there is not forgotten: stop iam-brokerd on it first."
    )

    @OptionGroup var options: FleetDemandOptions

    func run() async throws { try await options.demand(BrokerPath.fleetForget) }
}
