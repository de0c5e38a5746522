internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials

/// `iam-broker rotation status`: where plans stand.
struct RotationStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show where the rotation of each plan stands, how old its key is, and when the next one begins."
    )

    @Argument(help: "The name of a plan; all without it.")
    var plan: String?

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func run() async throws {
        let (answer, text) = try await socket.client.get(
            BrokerPath.rotations,
            query: plan.map { [(name: "plan", value: $0)] } ?? [],
            as: RotationsResponse.self
        )
        try StandardOutput.write(json ? text + "\n" : RotationTable(answer, now: .now).text)
    }
}
