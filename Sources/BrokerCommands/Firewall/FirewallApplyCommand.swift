internal import ArgumentParser

/// `iam-broker firewall apply`.
struct FirewallApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make the table, or replace it, in one step.",
        discussion:
            "Without the broker's emulation behind the port, programs would only be refused: apply says so and stops."
    )

    @OptionGroup var options: FirewallOptions

    @Flag(help: "Apply although the broker does not listen yet.")
    var force = false

    func run() throws {
        let rules = try options.rules()
        if case .redirected(let port) = rules.others, !force { try checkListener(port, rules) }
        let others = try OtherProcesses.all(as: rules.broker)
        try FirewallTable(rules: rules).apply()
        if rules.broker.uid == 0 {
            StandardError.write("note: the broker is root here, so every program of root reaches the metadata service")
        }
        for process in others {
            StandardError.write(
                "note: \(process.description) runs as the broker's user, \(rules.broker.description), so it reaches the "
                    + "metadata service, too"
            )
        }
        if case .redirected = rules.others, !MetadataRoute.exists {
            StandardError.write(
                "note: this machine has no route to \(FirewallRules.address), and without one nothing is redirected"
            )
            StandardError.write(
                "hint: give it a default route, or: ip route add \(FirewallRules.address)/32 dev INTERFACE"
            )
        }
        try StandardOutput.write("in force: \(rules.summary)\n")
    }

    /// The port may have been taken by somebody else, who would then get what programs send to the metadata service.
    private func checkListener(_ port: UInt16, _ rules: FirewallRules) throws(CommandFailure) {
        guard try !LoopbackListener.all(port: port).isEmpty else {
            throw CommandFailure(
                .unavailable,
                "nothing listens on 127.0.0.1:\(port), so programs would only be refused",
                hint: "set 'listen: { metadata: 127.0.0.1:\(port) }' in /etc/iam-broker/config.yaml and restart "
                    + "iam-brokerd, or apply with --force"
            )
        }
        if let other = try LoopbackListener.stranger(behind: rules) {
            throw CommandFailure(
                .unavailable,
                "127.0.0.1:\(port) belongs to uid \(other.uid), and not to the broker, \(rules.broker.description)",
                hint: "stop that program, or give the broker's user with --user and its port with --port"
            )
        }
    }
}
