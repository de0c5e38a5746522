internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import NIOHTTP1

/// What the commands that change a plan's course have in common.
struct RotationDemandOptions: ParsableArguments {
    @Argument(help: "The name of the plan.")
    var plan: String

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    /// Demands it.
    func send(
        _ path: String,
        _ more: [(name: String, value: String)] = []
    ) async throws -> (answer: RotationsResponse, json: String) {
        let client = socket.client
        let answer = try await client.send(.POST, path, query: [(name: "plan", value: plan)] + more)
        return try client.read(answer, as: RotationsResponse.self)
    }

    /// Demands it, and prints where the plan stands then.
    func demand(_ path: String, _ more: [(name: String, value: String)] = []) async throws {
        let (answer, text) = try await send(path, more)
        try StandardOutput.write(json ? text + "\n" : RotationTable(answer, now: .now).text)
    }
}

/// `iam-broker rotation pause`.
struct RotationPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop a plan where it stands, until it is resumed.",
        discussion: "Consumers keep the key that they have. The pause survives a restart of the daemon."
    )

    @OptionGroup var options: RotationDemandOptions

    func run() async throws { try await options.demand(BrokerPath.rotationPause) }
}

/// `iam-broker rotation resume`.
struct RotationResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Have a plan go on that was paused, or that halted for a reason that is mended."
    )

    @OptionGroup var options: RotationDemandOptions

    func run() async throws { try await options.demand(BrokerPath.rotationResume) }
}

/// `iam-broker rotation rollback`.
struct RotationRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Give consumers the old key back, and take the new one away as carefully as an old one.",
        discussion: """
            That is possible until the old key is deleted. The plan is paused when it is done, so that the schedule does not \
            begin the same again.
            """
    )

    @OptionGroup var options: RotationDemandOptions

    func run() async throws { try await options.demand(BrokerPath.rotationRollback) }
}

/// `iam-broker rotation release`.
struct RotationReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Let the old key go although not every consumer has said that it has the new one.",
        discussion: """
            Whoever still uses the old key fails when it is gone. 'iam-broker rotation status PLAN' names those who are waited for. \
            The plan's overlap is kept all the same.
            """
    )

    @OptionGroup var options: RotationDemandOptions

    func run() async throws { try await options.demand(BrokerPath.rotationRelease) }
}

/// `iam-broker rotation acknowledge`.
struct RotationAcknowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Say that a consumer uses the new key, where the plan waits for that."
    )

    @OptionGroup var options: RotationDemandOptions

    @Option(name: .customLong("as"), help: ArgumentHelp("Who uses it, as the plan calls it.", valueName: "consumer"))
    var consumer: String

    func run() async throws {
        try await options.demand(BrokerPath.rotationAcknowledge, [(name: "as", value: consumer)])
    }
}
