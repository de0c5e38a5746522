internal import ArgumentParser

/// `iam-broker firewall print`.
struct FirewallPrintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Print the script for nft that makes the table, and change nothing."
    )

    @OptionGroup var options: FirewallOptions

    func run() throws {
        try StandardOutput.write(try options.rules().script)
    }
}
