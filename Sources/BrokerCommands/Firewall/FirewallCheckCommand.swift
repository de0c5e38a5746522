internal import ArgumentParser

/// `iam-broker firewall check`.
struct FirewallCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that the table is the one that the same options of apply make, and change nothing.",
        discussion:
            "Exit codes: 0 it is; 1 it is not there or differs, or somebody else listens in the broker's place; 69 nft is missing or failed; 77 needs root."
    )

    @OptionGroup var options: FirewallOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let rules = try options.rules()
        let report = try FirewallReport(
            rules: rules,
            state: FirewallTable(rules: rules).state(),
            stranger: LoopbackListener.stranger(behind: rules),
            repair: "iam-broker firewall apply\(options.arguments)"
        )
        try StandardOutput.write(json ? report.json : report.text)
        guard report.isInPlace else { throw ExitCode.rejected }
    }
}
