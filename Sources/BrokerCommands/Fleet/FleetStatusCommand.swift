internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials

/// `iam-broker fleet status`: who is there, who leads, and who has which key.
struct FleetStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the nodes of the fleet, which of them carries out which plan, and which key each has in use."
    )

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func run() async throws {
        let (answer, text) = try await socket.client.get(BrokerPath.fleet, as: FleetResponse.self)
        try StandardOutput.write(json ? text + "\n" : FleetTable(answer, now: .now).text)
    }
}
