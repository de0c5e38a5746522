internal import ArgumentParser
internal import BrokerAPI
internal import CLinux
internal import DaemonConfiguration
internal import DocumentReader
internal import Glibc
internal import Logging
internal import PolicyCommands
internal import RotationCommands
internal import ServiceManager
internal import TokenBroker

/// The daemon's command line.
@main
struct BrokerDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: calledAs,
        abstract: "Hands each local workload the IBM Cloud IAM tokens that policy grants it, and no others.",
        version: brokerVersion,
        subcommands: [RunCommand.self, CheckCommand.self, PolicyCommand.self, SinkCommand.self, RotationCommand.self],
        defaultSubcommand: RunCommand.self
    )

    /// `iam-broker` hands its commands `check` and `policy` over to this program; their help then speaks of it.
    private static var calledAs: String {
        let name = CommandLine.arguments.first?.split(separator: "/").last
        return name == "iam-broker" ? "iam-broker" : "iam-brokerd"
    }
}

/// `iam-brokerd` without a command: the daemon itself.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the daemon. This is what happens without a command.",
        version: brokerVersion
    )

    @Option(help: "The configuration file.")
    var config = "/etc/iam-broker/config.yaml"

    @Flag(help: "Check configuration and policies, say what is wrong, and exit.")
    var check = false

    @Option(
        help: "Log at least: trace, debug, info, notice, warning, error or critical, and not as the configuration says."
    )
    var logLevel: LogLevel?

    func run() async throws {
        // Nothing the daemon creates is for anybody else, unless it says so.
        umask(0o077)
        guard clinux_forbid_dumps() == 0 else {
            Self.complain("cannot forbid core dumps, which would hold tokens")
            throw ExitCode(70)
        }
        signal(SIGPIPE, SIG_IGN)
        let settings: DaemonSettings
        do {
            settings = try DaemonSettings(configurationFile: config)
        } catch {
            Self.complain("\(error)")
            throw ExitCode(78)
        }
        if check {
            let names = settings.configuration.profiles.map { "\($0.name)" }
            print("\(config): valid; profiles: \(names.joined(separator: " "))")
            return
        }
        let locks: StoredLocks
        do {
            locks = try StoredLocks(reading: LockFile(folder: settings.configuration.state))
        } catch {
            Self.complain("\(error)")
            throw ExitCode(78)
        }
        let service: ManagedService
        do {
            service = try ManagedService(configuration: settings.configuration)
        } catch {
            Self.complain("\(error)")
            throw ExitCode(78)
        }
        do {
            let daemon = Daemon(settings, locks: locks, service: service, logLevel: logLevel?.value)
            daemon.tell(MemoryLock())
            try await daemon.run()
        } catch {
            Self.complain("\(error)")
            throw ExitCode(69)
        }
    }

    private static func complain(_ message: String) {
        var text = "iam-brokerd: \(message)\n"
        // Nobody is left to tell when standard error is closed.
        text.withUTF8 { bytes in _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}

/// The names of the log levels, for the command line.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical

    var value: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}
