internal import ArgumentParser
internal import BrokerAPI
internal import Glibc

/// `iam-broker`: everything that is done from the command line.
package enum BrokerCommand {
    /// Parses the arguments of the process, runs the command they name, and ends the process with its exit code.
    ///
    /// Data goes to standard output. All else, with `iam-broker: ` in front, goes to standard error.
    package static func runAndExit() async -> Never {
        // A reader that goes away is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            try CoreLimit.forbidCores()
            var command = try RootCommand.parseAsRoot(HelperName.arguments(CommandLine.arguments))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(ExitCode.success.rawValue)
        } catch {
            exit(report(error).rawValue)
        }
    }

    /// Tells the person what happened, and the caller which exit code that means.
    private static func report(_ error: any Error) -> ExitCode {
        switch error {
        case let failure as CommandFailure:
            StandardError.write(failure.message)
            if let hint = failure.hint { StandardError.write("hint: \(hint)") }
            return failure.exitCode
        case let code as ExitCode:
            return code
        case let failure as OutputError:
            if !failure.isClosedPipe { StandardError.write("\(failure)") }
            return .internalFailure
        default:
            return reportParsing(error)
        }
    }

    /// Help and the version are data and go to standard output; wrong usage comes with how to use it.
    private static func reportParsing(_ error: any Error) -> ExitCode {
        let code = RootCommand.exitCode(for: error)
        let message = RootCommand.fullMessage(for: error)
        guard code == .success else {
            let prefix = "Error: "
            StandardError.write(message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message)
            return code == .validationFailure ? .usage : .internalFailure
        }
        var output = StandardOutput()
        output.append(message)
        output.append("\n")
        do {
            try output.flush()
            return .success
        } catch {
            return .internalFailure
        }
    }
}

struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iam-broker",
        abstract: "Tokens of IBM Cloud trusted profiles for the workloads of this instance.",
        discussion: """
            Exit codes: 0 done; 1 the answer is no; 64 wrong usage; 65 bad input; 69 broker or upstream unavailable; \
            70 internal failure; 77 refused by policy; 78 bad configuration.
            """,
        version: brokerVersion,
        subcommands: [
            TokenCommand.self, VerifyCommand.self, DecodeCommand.self, ProfilesCommand.self, StatusCommand.self,
            TopCommand.self, PageCommand.self,
            RefreshCommand.self, LockCommand.self, UnlockCommand.self, PolicyCommand.self, ExplainCommand.self,
            AuditCommand.self, CheckCommand.self, MetadataCommand.self, CertificateCommand.self, FirewallCommand.self,
            DoctorCommand.self, CredentialCommand.self, ExecCommand.self, RequestCommand.self, SetupCommand.self,
            SinkCommand.self, RotationCommand.self, FleetCommand.self, LogLevelCommand.self, GenerateManualCommand.self,
        ]
    )

    func run() throws {
        throw ValidationError("name a command")
    }
}
