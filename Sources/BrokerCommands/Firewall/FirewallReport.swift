/// What `firewall check` found.
struct FirewallReport {
    private let rules: FirewallRules
    private let name: String
    private let differences: [FirewallDifference]
    /// The command that makes it right.
    private let repair: String

    /// Differences that are told one by one.
    private static let limit = 20

    let isInPlace: Bool

    /// - Throws: the reason why the state is unknown.
    init(rules: FirewallRules, state: FirewallTable.State, repair: String) throws(CommandFailure) {
        self.rules = rules
        self.repair = repair
        switch state {
        case .absent: (name, differences) = ("absent", [])
        case .equal: (name, differences) = ("equal", [])
        case .differs(let found): (name, differences) = ("differs", found)
        case .unavailable(let reason): throw reason
        }
        isInPlace = name == "equal"
    }

    /// For people.
    var text: String {
        guard !isInPlace else { return "in place: \(rules.summary)\n" }
        var lines = [
            differences.isEmpty
                ? "NOT IN PLACE: there is no table \(FirewallRules.table)"
                : "NOT IN PLACE: the table \(FirewallRules.table) differs from the one that these options make"
        ]
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
            #""difference_count":\#(differences.count)"#,
            #""differences":[\#(found.joined(separator: ","))]"#,
            #""repair":\#(isInPlace ? "null" : JSONText.string(repair))"#,
        ]
        return "{\(members.joined(separator: ","))}\n"
    }
}
