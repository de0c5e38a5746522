/// The broker's table in the kernel of this machine, or rather of this network namespace.
struct FirewallTable: Sendable {
    /// What the table should be.
    let rules: FirewallRules

    /// What the table is, beside what it should be.
    enum State {
        case absent
        case equal
        /// At least one difference.
        case differs([FirewallDifference])
        /// Nobody can tell, for this reason.
        case unavailable(CommandFailure)
    }

    /// Looks at the table, and changes nothing.
    func state() -> State {
        do {
            let tables = try NFTables()
            guard let actual = try tables.list(FirewallRules.table) else { return .absent }
            guard !FirewallDifference.between(rules.text, actual).isEmpty else { return .equal }
            // Perhaps this nft only writes it differently.
            let expected = tables.rendering(FirewallRules.table, madeBy: rules.script) ?? rules.text
            let differences = FirewallDifference.between(expected, actual)
            return differences.isEmpty ? .equal : .differs(differences)
        } catch {
            return .unavailable(error)
        }
    }

    /// Makes the table, or replaces the one that is there; nobody ever sees none.
    func apply() throws(CommandFailure) {
        try NFTables().run(rules.script)
    }

    /// Removes the table, whatever is in it.
    ///
    /// - Returns: whether there was one.
    static func remove() throws(CommandFailure) -> Bool {
        let tables = try NFTables()
        guard try tables.list(FirewallRules.table) != nil else { return false }
        try tables.run(FirewallRules.removal)
        return true
    }
}
