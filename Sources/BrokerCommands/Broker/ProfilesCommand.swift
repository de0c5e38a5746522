internal import ArgumentParser
internal import BrokerAPI

/// `iam-broker profiles`: what this process may ask for.
struct ProfilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "List the trusted profiles this process may have tokens of."
    )

    @OptionGroup var socket: WorkloadSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func run() async throws {
        let (answer, text) = try await socket.client.get(BrokerPath.profiles, as: ProfilesResponse.self)
        var output = StandardOutput()
        if json {
            output.append(text + "\n")
        } else {
            for name in answer.profiles { output.append(TerminalText.escaping(name) + "\n") }
        }
        try output.flush()
    }
}
