internal import ArgumentParser
internal import BrokerAPI

/// `iam-broker rotation history`: what happened.
struct RotationHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Print what rotations did, the oldest first."
    )

    @Argument(help: "The name of a plan, which need not be configured any more; all without it.")
    var plan: String?

    @Option(name: .short, help: ArgumentHelp("The last so many events, 1000 at most.", valueName: "count"))
    var n = 50

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON, the newest first.")
    var json = false

    func run() async throws {
        var query = [(name: "limit", value: String(n))]
        if let plan { query.append((name: "plan", value: plan)) }
        let (answer, text) = try await socket.client.get(
            BrokerPath.rotationHistory,
            query: query,
            as: RotationHistoryResponse.self
        )
        let lines = answer.events.reversed().map { Self.line($0) + "\n" }
        try StandardOutput.write(json ? text + "\n" : lines.joined())
    }

    /// `2026-11-27T02:30:00Z  archive  3f…  published  ApiKey-… is the key in use`.
    static func line(_ event: RotationHistoryResponse.Event) -> String {
        let time = TimeInWords.date(secondsSince1970: event.at) ?? String(event.at)
        let fields = [time, event.plan, event.rotation ?? "-", event.kind, event.detail]
        return fields.map { TerminalText.escaping(TokenMask.masking($0)) }.joined(separator: "  ")
    }
}
