/// What `firewall check` found.
struct FirewallReport {
    private let rules: FirewallRules
    private let name: String
    private let differences: [FirewallDifference]
    /// The command that makes it right.
    private let repair: String
    private let stranger: LoopbackListener?

    /// Differences that are told one by one.
    private static let limit = 20

    /// The table is the right one, and nobody else gets what it redirects.
    let isInPlace: Bool

    /// - Throws: the reason why the state is unknown.
    init(
        rules: FirewallRules,
        state: FirewallTable.State,
        stranger: LoopbackListener?,
        repair: String
    ) throws(CommandFailure) {
        self.rules = rules
        self.repair = repair
        self.stranger = stranger
        switch state {
        case .absent: (name, differences) = ("absent", [])
        case .equal: (name, differences) = ("equal", [])
        case .differs(let found): (name, differences) = ("differs", found)
        case .unavailable(let reason): throw reason
        }
        isInPlace = name == "equal" && stranger == nil
    }

    /// For people.
    var text: String {
        guard !isInPlace else { return "in place: \(rules.summary)\n" }
        var lines: [String] = []
        if let stranger {
            lines.append(
                "NOT IN PLACE: uid \(stranger.uid) listens in the broker's place, and gets what programs send to "
                    + "\(FirewallRules.address); stop that program"
            )
        }
        guard name != "equal" else { return lines.joined(separator: "\n") + "\n" }
        lines.append(
            differences.isEmpty
                ? "NOT IN PLACE: there is no table \(FirewallRules.table)"
                : "NOT IN PLACE: the table \(FirewallRules.table) differs from the one that these options make"
        )
        lines += differences.prefix(Self.limit).map { "  \($0)" }
        if differences.count > Self.limit { lines.append("  ... and \(differences.count - Self.limit) more") }
        lines.append("repair: \(TerminalText.escaping(repair))")
        return lines.joined(separator: "\n") + "\n"
    }

    /// For programs, on one line.
    var json: String {
        let port: String
        switch rules.others {
        case .redirected(let number): port = String(number)
        case .rejected: port = "null"
        }
        let found = differences.prefix(Self.limit)
            .map {
                #"{"kind":"\#($0.kind.rawValue)","place":\#(JSONText.string($0.place)),"line":\#(JSONText.string($0.line))}"#
            }
        let members = [
            #""state":"\#(name)""#,
            #""table":"\#(FirewallRules.table)""#,
            #""address":"\#(FirewallRules.address)""#,
            #""uid":\#(rules.broker.uid)"#,
            #""port":\#(port)"#,
            #""listener_uid":\#(stranger.map { "\($0.uid)" } ?? "null")"#,
            #""difference_count":\#(differences.count)"#,
            #""differences":[\#(found.joined(separator: ","))]"#,
            #""repair":\#(name == "equal" ? "null" : JSONText.string(repair))"#,
        ]
        return "{\(members.joined(separator: ","))}\n"
    }
}
