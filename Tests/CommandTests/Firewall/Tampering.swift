import Testing

/// Something that root does to the table, and what `check` says of it.
struct Tampering: Sendable, CustomTestStringConvertible {
    let command: String
    let differences: [String]

    init(_ command: String, _ differences: [String]) {
        self.command = command
        self.differences = differences
    }

    var testDescription: String { command }

    var report: String {
        """
        NOT IN PLACE: the table ip iam_broker differs from the one that these options make
        \(differences.map { "  " + $0 }.joined(separator: "\n"))
        repair: iam-broker firewall apply --user 64999

        """
    }
}
