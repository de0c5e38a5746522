internal import ArgumentParser

/// `iam-broker firewall remove`.
struct FirewallRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove the table: every program reaches the metadata service again."
    )

    func run() throws {
        let wasThere = try FirewallTable.remove()
        try StandardOutput.write(
            wasThere
                ? "removed: every program reaches \(FirewallRules.address) again\n"
                : "nothing to remove: there is no table \(FirewallRules.table)\n"
        )
    }
}
