internal import ArgumentParser
internal import CloudSimulator
internal import Foundation
internal import Logging
internal import UnixSignals

/// Runs a command beside a simulator of its own.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a command beside a simulator, and end as it ends.",
        discussion: """
            The command finds the simulator in IBM_CLOUD_SIMULATOR_URL, IBM_CLOUD_METADATA_URL and IBM_CLOUD_IAM_URL. \
            Its exit code becomes the simulator's; 128 and the signal when a signal ended it.
            """
    )

    @OptionGroup var options: SimulatorOptions

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command, after --.", valueName: "command"))
    var command: [String]

    func run() async throws {
        try await Failure.reporting {
            // Trapped before the command starts, so that no signal is lost between.
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
            let logger = options.logger(defaultLevel: .warning)
            let code = try await options.withSimulator(logger: logger) { address in
                let process = try ChildProcess(command, environment: environment(address.url))
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for await signal in signals { process.send(signal.rawValue) }
                    }
                    defer { group.cancelAll() }
                    return try await process.exitCode()
                }
            }
            if code != 0 { throw ExitCode(code) }
        }
    }

    private func environment(_ url: String) -> [String: String] {
        let names = ["IBM_CLOUD_SIMULATOR_URL", "IBM_CLOUD_METADATA_URL", "IBM_CLOUD_IAM_URL"]
        let ours = Dictionary(uniqueKeysWithValues: names.map { ($0, url) })
        return ProcessInfo.processInfo.environment.merging(ours) { _, ours in ours }
    }
}
