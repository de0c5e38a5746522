import Testing

@testable import BrokerCommands

@Suite struct FirewallDifferenceTests {
    private let rules = FirewallRules(broker: SystemUser(uid: 999, name: nil), others: .redirected(port: 8_169))

    @Test func aTableDoesNotDifferFromItselfInWhiteSpaceAndOrderOfChains() {
        let chains = rules.text.split(separator: "\tchain ").map { "  chain " + $0.replacing("\t", with: "  ") }
        let reordered =
            "table ip iam_broker {\n" + chains[1] + chains[3].replacing("}\n}\n", with: "}\n") + chains[2] + "}\n"
        #expect(FirewallDifference.between(rules.text, rules.text).isEmpty)
        #expect(FirewallDifference.between(rules.text, reordered).isEmpty)
    }

    @Test func aLineAtAnotherPlaceOfItsChainIsADifference() {
        let expected = "table ip t {\n\tchain c {\n\t\taccept\n\t\tdrop\n\t}\n}\n"
        let actual = "table ip t {\n\tchain c {\n\t\tdrop\n\t\taccept\n\t}\n}\n"
        #expect(FirewallDifference.between(expected, actual).map(\.kind) == [.missing, .unexpected])
    }

    @Test(arguments: [
        ("", ["table: missing: table ip t {", "table: missing: chain c"]),
        ("table ip t {\n\tchain c {\n\t}\n}\n", ["chain c: missing: accept"]),
        (
            "table ip t {\n\tflags dormant\n\tchain c {\n\t\taccept\n\t}\n}\n",
            ["table: unexpected: flags dormant"]
        ),
        (
            "table ip t {\n\tchain c {\n\t\taccept\n\t}\n\tset s {\n\t\ttype ipv4_addr\n\t}\n}\n",
            ["table: unexpected: set s", "set s: unexpected: type ipv4_addr"]
        ),
        (
            "table ip t {\n\tchain c {\n\t\taccept comment \"\u{1B}[2J\"\n\t}\n}\n",
            ["chain c: missing: accept", #"chain c: unexpected: accept comment "\u{1b}[2J""#]
        ),
        ("}\n}\n}\n", ["table: missing: table ip t {", "table: missing: chain c"]),
    ])
    func eachDifferenceIsNamed(actual: String, expected: [String]) {
        let table = "table ip t {\n\tchain c {\n\t\taccept\n\t}\n}\n"
        #expect(FirewallDifference.between(table, actual).map(\.description) == expected)
    }
}
