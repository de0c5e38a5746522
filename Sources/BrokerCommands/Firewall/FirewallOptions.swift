internal import ArgumentParser

/// What the table lets through, and where it sends the rest.
struct FirewallOptions: ParsableArguments {
    static let defaultUser = "iam-broker"
    static let defaultPort: UInt16 = 8_169

    @Option(help: ArgumentHelp("The user that iam-brokerd runs as.", valueName: "name|uid"))
    var user = Self.defaultUser

    @Option(
        help: ArgumentHelp(
            "The port of 127.0.0.1 in the daemon's setting listen.metadata. (default: \(Self.defaultPort))",
            valueName: "n"
        )
    )
    var port: UInt16?

    @Flag(help: "Reject what others send to the metadata service, and redirect nothing.")
    var reject = false

    func validate() throws {
        if port == 0 { throw ValidationError("--port must be from 1 to 65535") }
        if reject, port != nil { throw ValidationError("--reject redirects nothing: leave out --port") }
    }

    /// The rules that these options make, on this machine.
    func rules() throws(CommandFailure) -> FirewallRules {
        FirewallRules(
            broker: try SystemUser(user),
            others: reject ? .rejected : .redirected(port: port ?? Self.defaultPort)
        )
    }

    /// The options on a command line that makes the same rules.
    var arguments: String {
        var words = user == Self.defaultUser ? "" : " --user \(user)"
        if reject { words += " --reject" }
        if let port, port != Self.defaultPort { words += " --port \(port)" }
        return words
    }
}
