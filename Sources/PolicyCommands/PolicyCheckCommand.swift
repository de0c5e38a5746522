package import ArgumentParser
internal import DocumentReader

/// `policy check`: says everything that is wrong or doubtful in a policy.
package struct PolicyCheckCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say everything that is wrong or doubtful in a policy.",
        discussion: """
            Exit codes: 0 valid, with or without warnings; 1 warnings with --strict; 78 errors. \
            Users, groups and programs are those of this machine.
            """
    )

    @Option(help: "The configuration file (default: \(ConfigurationFile.standard)).")
    var config: String?

    @Flag(help: "Take warnings for failures.")
    var strict = false

    @Flag(help: "Print the findings as JSON.")
    var json = false

    @Argument(help: "Files or folders of grant documents; without any, the configured folder.")
    var path: [String] = []

    package init() {}

    package func run() throws {
        let report = PolicyCheck(configurationFile: config, paths: path).report()
        try print(json ? jsonLine(report) : report.lines.joined(separator: "\n"))
        if !report.errors.isEmpty { throw ExitCode.badConfiguration }
        if strict, !report.warnings.isEmpty { throw ExitCode.no }
    }
}
