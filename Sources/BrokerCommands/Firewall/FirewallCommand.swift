internal import ArgumentParser

/// `iam-broker firewall`: the wall around the metadata service.
struct FirewallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "firewall",
        abstract: "Let only the broker reach the metadata service, and send everybody else to the broker.",
        discussion: """
            One nftables table, 'ip iam_broker', holds all of it. Every program that is not the broker, root's too, gets \
            the broker's emulation where it looks for \(FirewallRules.address).
            Exit codes: 0 done, or as it should be; 1 it is not; 69 nft is missing or failed, or nothing listens; \
            77 not permitted (needs root); 78 no such user.
            """,
        subcommands: [
            FirewallPrintCommand.self, FirewallApplyCommand.self, FirewallCheckCommand.self, FirewallRemoveCommand.self,
        ]
    )
}
