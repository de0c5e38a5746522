package import ArgumentParser
internal import DaemonConfiguration
internal import DocumentReader

/// `policy test`: runs the cases beside policies.
package struct PolicyTestCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the cases of *.test.yaml files against the policies beside them.",
        discussion: """
            Exit codes: 0 all passed; 1 a case failed, or there are none; 78 a file cannot be read. \
            Needs neither the users nor the profiles of the policies.
            """
    )

    @Option(help: "The configuration file (default: \(ConfigurationFile.standard)); not needed with a path.")
    var config: String?

    @Flag(help: "Print the results as JSON.")
    var json = false

    @Argument(
        help: "Files of cases, or folders with such files in them at any depth; without any, the configured folder."
    )
    var path: [String] = []

    package init() {}

    package func run() throws {
        var results = CaseResults()
        do {
            let configured = path.isEmpty ? try ConfigurationFile.read(config ?? ConfigurationFile.standard) : nil
            results.run(configured.map { [$0.policies] } ?? path)
        } catch {
            results.errors.add(error)
        }
        try print(json ? jsonLine(results) : results.lines.joined(separator: "\n"))
        if !results.errors.isEmpty { throw ExitCode.badConfiguration }
        if results.failed > 0 || results.cases.isEmpty { throw ExitCode.no }
    }
}
