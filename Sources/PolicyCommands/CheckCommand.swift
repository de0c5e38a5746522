package import ArgumentParser
internal import DocumentReader

/// `check`: says whether the daemon would start with this configuration.
package struct CheckCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check configuration and policies without starting anything.",
        discussion: "Exit codes: 0 valid, with or without warnings; 78 errors."
    )

    @Option(help: "The configuration file.")
    var config = ConfigurationFile.standard

    @Flag(help: "Print the findings as JSON.")
    var json = false

    package init() {}

    package func run() throws {
        let report = PolicyCheck(configurationFile: config, paths: []).report()
        try print(json ? jsonLine(report) : report.lines.joined(separator: "\n"))
        if !report.errors.isEmpty { throw ExitCode.badConfiguration }
    }
}
