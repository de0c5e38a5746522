internal import ArgumentParser
internal import BrokerAPI
internal import NIOHTTP1

/// `iam-broker log-level`: how much the daemon logs, also for a while only.
struct LogLevelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Show how much the daemon logs, or change it without a restart.",
        discussion: """
            Without a level it shows the one in force. A level that is set holds until the next change or restart; with --for \
            the configured level comes back by itself.
            """
    )

    @Argument(
        help:
            "trace, debug, info, notice, warning, error or critical; or configured, which is what the daemon was started with."
    )
    var level: LogLevelName?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("For how long, up to 24h.", valueName: "time")
    )
    var span: LogLevelSpan?

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func validate() throws {
        guard span == nil || level != nil else { throw ValidationError("--for goes with a level") }
        guard span == nil || level != .configured else {
            throw ValidationError("the configured level stays: leave out --for")
        }
    }

    func run() async throws {
        let client = socket.client
        let query = [
            level.map { (name: "level", value: $0.rawValue) }, span.map { (name: "for", value: "\($0.seconds)") },
        ]
        let answer = try await client.send(
            level == nil ? .GET : .POST,
            BrokerPath.logLevel,
            query: query.compactMap(\.self)
        )
        let (status, text) = try client.read(answer, as: LogLevelResponse.self)
        try StandardOutput.write(json ? text + "\n" : Self.words(status) + "\n")
    }

    private static func words(_ status: LogLevelResponse) -> String {
        let (level, configured) = (TerminalText.escaping(status.level), TerminalText.escaping(status.configured))
        if let rest = status.revertsIn { return "\(level); \(configured) \(TimeInWords.distance(Double(rest)))" }
        return level == configured ? level : "\(level); configured is \(configured)"
    }
}

/// The levels, for the command line.
enum LogLevelName: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical, configured
}

/// How long a level holds: `10m`, `24h`, `90s` or a number of seconds.
struct LogLevelSpan: ExpressibleByArgument {
    let seconds: Int

    private static let allowed = 1...86_400

    init?(argument: String) {
        let units = ["h": 3_600, "m": 60, "s": 1]
        let unit = argument.last.flatMap { units[String($0)] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) else { return nil }
        let (seconds, isOverflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !isOverflow, Self.allowed.contains(seconds) else { return nil }
        self.seconds = seconds
    }
}
