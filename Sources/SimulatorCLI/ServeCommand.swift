internal import ArgumentParser
internal import CloudSimulator
internal import Foundation
internal import Logging
internal import UnixSignals

/// Serves until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve until SIGINT or SIGTERM. Prints the address on stdout once it listens."
    )

    @OptionGroup var options: SimulatorOptions

    @Option(help: ArgumentHelp("A file that gets the port number once the simulator listens.", valueName: "file"))
    var portFile: String?

    func run() async throws {
        try await Failure.reporting {
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
            let logger = options.logger(defaultLevel: .info)
            try await options.withSimulator(logger: logger) { address in
                try writePortFile(address.port)
                StandardStream.output.write("listening on \(address.url)\n")
                for await signal in signals {
                    logger.notice("Simulator stops", metadata: ["signal": "\(signal)"])
                    return
                }
            }
        }
    }

    private func writePortFile(_ port: Int) throws {
        guard let portFile else { return }
        do {
            // Atomic, so that who waits for the file never reads half a number.
            try Data("\(port)\n".utf8).write(to: URL(filePath: portFile), options: .atomic)
        } catch {
            throw Failure(
                .configuration,
                "could not write the port file \(portFile): \(error.localizedDescription)"
            )
        }
    }
}
