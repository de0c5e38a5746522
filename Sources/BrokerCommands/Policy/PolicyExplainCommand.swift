internal import ArgumentParser
internal import BrokerAPI

/// `iam-broker policy explain`: what a running process would get, and why.
struct PolicyExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say whether a running process may have tokens of a profile, and why.",
        discussion: "The daemon looks at the process as if it connected now. Nothing is handed out."
    )

    @Option(help: ArgumentHelp("The process.", valueName: "n"))
    var pid: Int32

    @Option(help: ArgumentHelp("The name of the trusted profile.", valueName: "name"))
    var profile: String

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func validate() throws {
        guard pid > 0 else { throw ValidationError("--pid must be the number of a process") }
    }

    func run() async throws {
        let (answer, text) = try await socket.client.get(
            BrokerPath.explain,
            query: [("pid", "\(pid)"), ("profile", profile)],
            as: ExplainResponse.self
        )
        try StandardOutput.write(json ? text + "\n" : ExplanationText(answer).text)
    }
}
