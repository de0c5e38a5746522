internal import ArgumentParser
internal import BrokerAPI

/// `iam-broker rotation next`.
struct RotationNextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Print when rotations of a plan begin, or when a cron expression is due.",
        discussion: """
            For a plan it asks the daemon: iam-broker rotation next [-n <count>] [--json] <plan>. For an expression it needs no daemon: \
            iam-broker rotation next --expression <expression> [--zone <zone>] [--from <epoch>] [-n <count>] [--json], or --batch. \
            Run with --help alone it lists those options.
            """
    )

    /// Those of the daemon's program are explained by that.
    @Argument(parsing: .captureForPassthrough, help: "A plan, or --expression and --zone, or --batch.")
    var arguments: [String] = []

    func run() async throws {
        let ofDaemon = ["--expression", "--batch", "--zone", "--from", "--help", "-h"]
        let isOfDaemon = arguments.contains { argument in
            ofDaemon.contains(String(argument.prefix { $0 != "=" }))
        }
        guard !isOfDaemon, !arguments.isEmpty else {
            try DaemonProgram.become(["rotation", "next"] + arguments)
        }
        let options: PlanTimesOptions
        do {
            options = try PlanTimesOptions.parse(arguments)
        } catch {
            throw CommandFailure(.usage, PlanTimesOptions.message(for: error))
        }
        try await options.print()
    }
}

/// What `rotation next` takes for a plan.
struct PlanTimesOptions: ParsableArguments {
    @Argument var plan: String
    @Option(name: .short) var n = 1
    @Flag var json = false
    @OptionGroup var socket: AdminSocketOptions

    func print() async throws {
        let query = [(name: "plan", value: plan), (name: "count", value: String(n))]
        let (answer, text) = try await socket.client.get(
            BrokerPath.rotationNext,
            query: query,
            as: RotationTimesResponse.self
        )
        let lines = answer.next.map { TimeInWords.date(secondsSince1970: $0) ?? String($0) }
        try StandardOutput.write(json ? text + "\n" : lines.map { $0 + "\n" }.joined())
    }
}
