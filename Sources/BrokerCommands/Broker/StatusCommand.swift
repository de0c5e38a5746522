internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials

/// `iam-broker status`: how each profile is doing.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the broker and each trusted profile are doing."
    )

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func run() async throws {
        let (answer, text) = try await socket.client.get(BrokerPath.status, as: StatusResponse.self)
        try StandardOutput.write(json ? text + "\n" : StatusTable(answer, now: Date()).text)
    }
}
