import Foundation
import Testing

/// How the table comes, is watched, and goes.
@Suite struct FirewallTableTests {
    private static let user = "\(TestNetwork.broker)"

    @Test func whatIsAppliedIsWhatIsPrintedNeedsRoot() async throws {
        try await TestNetwork.running { network in
            let script = try await network.firewall("print", "--user", Self.user).output
            try await network.firewall("apply", "--user", Self.user).succeeds()
            let applied = try await network.sh("nft list ruleset")
            #expect(script.hasSuffix(applied))
            for _ in 1...2 {
                let loaded = try await network.inside("/usr/sbin/nft", ["-f", "-"], input: script)
                #expect(loaded.exitCode == 0, "\(loaded.errors)")
                #expect(try await network.sh("nft list ruleset") == applied)
            }
            try await network.firewall("apply", "--user", Self.user).succeeds()
            #expect(try await network.sh("nft list ruleset") == applied)
        }
    }

    @Test(arguments: [[], ["--reject"], ["--port", "8170", "--force"]])
    func checkFindsNoFaultInWhatApplyMadeNeedsRoot(options: [String]) async throws {
        try await TestNetwork.running { network in
            let broker = CommandRun.executable.path()
            try await network.inside(broker, ["firewall", "apply", "--user", Self.user] + options).succeeds()
            let check = ["firewall", "check", "--user", Self.user] + options.filter { $0 != "--force" }
            let run = try await network.inside(broker, check)
            #expect(run.exitCode == 0)
            #expect(run.output.hasPrefix("in place: only uid \(Self.user) reaches 169.254.169.254; "))
            let json = try await network.inside(broker, check + ["--json"])
            #expect(json.exitCode == 0)
            #expect(try json.report.state == "equal")
            #expect(try json.report.repair == nil)
        }
    }

    @Test(arguments: [
        Tampering("nft delete chain ip iam_broker forward_filter", ["table: missing: chain forward_filter"]),
        Tampering(
            "nft delete rule ip iam_broker output_redirect handle $(rule 'redirect to')",
            [
                "chain output_redirect: missing: ip daddr 169.254.169.254 tcp dport 80 meta skuid != 64999 "
                    + "redirect to :8169"
            ]
        ),
        Tampering(
            "nft add rule ip iam_broker output_filter accept",
            ["chain output_filter: unexpected: accept"]
        ),
        Tampering(
            "nft insert rule ip iam_broker output_filter meta skuid 0 counter accept",
            ["chain output_filter: unexpected: meta skuid 0 counter packets 0 bytes 0 accept"]
        ),
        Tampering(
            "nft replace rule ip iam_broker output_redirect handle $(rule 'redirect to') "
                + "ip daddr 169.254.169.254 tcp dport 80 meta skuid != 64999 redirect to :8170",
            [
                "chain output_redirect: missing: ip daddr 169.254.169.254 tcp dport 80 meta skuid != 64999 "
                    + "redirect to :8169",
                "chain output_redirect: unexpected: ip daddr 169.254.169.254 tcp dport 80 meta skuid != 64999 "
                    + "redirect to :8170",
            ]
        ),
        Tampering(
            "nft replace rule ip iam_broker output_filter handle $(rule 'skuid 64999 accept') meta skuid 0 accept",
            [
                "chain output_filter: missing: meta skuid 64999 accept",
                "chain output_filter: unexpected: meta skuid 0 accept",
            ]
        ),
        Tampering(
            "nft chain ip iam_broker forward_filter '{ policy drop; }'",
            [
                "chain forward_filter: missing: type filter hook forward priority filter + 10; policy accept;",
                "chain forward_filter: unexpected: type filter hook forward priority filter + 10; policy drop;",
            ]
        ),
        Tampering("nft add table ip iam_broker '{ flags dormant; }'", ["table: unexpected: flags dormant"]),
        Tampering("nft add chain ip iam_broker more", ["table: unexpected: chain more"]),
        Tampering(
            "nft add set ip iam_broker more '{ type ipv4_addr; }'",
            ["table: unexpected: set more", "set more: unexpected: type ipv4_addr"]
        ),
    ])
    func checkNamesWhatWasTamperedWithNeedsRoot(tampering: Tampering) async throws {
        try await TestNetwork.running { network in
            try await network.firewall("apply", "--user", Self.user).succeeds()
            let rule = #"rule() { nft -a list table ip iam_broker | sed -n "s/.*$1.* # handle //p"; }"#
            try await network.sh("\(rule)\n\(tampering.command)")
            let run = try await network.firewall("check", "--user", Self.user)
            #expect(run.exitCode == 1)
            #expect(run.output == tampering.report)
            let json = try await network.firewall("check", "--user", Self.user, "--json")
            #expect(json.exitCode == 1)
            let report = try json.report
            #expect(report.state == "differs")
            #expect(report.differenceCount == tampering.differences.count)
            #expect(report.differences.map { "\($0.place): \($0.kind): \($0.line)" } == tampering.differences)
            // The command that it names repairs it.
            #expect(report.repair == "iam-broker firewall apply --user \(Self.user)")
            try await network.firewall("apply", "--user", Self.user).succeeds()
            try await network.firewall("check", "--user", Self.user).succeeds()
        }
    }

    @Test(arguments: [["--reject"], ["--port", "8170"], ["--user", "64997"]])
    func checkComparesWithItsOwnOptionsNeedsRoot(options: [String]) async throws {
        try await TestNetwork.running { network in
            try await network.firewall("apply", "--user", Self.user).succeeds()
            let arguments = ["firewall", "check", "--user", Self.user] + options
            let run = try await network.inside(CommandRun.executable.path(), arguments)
            #expect(run.exitCode == 1)
        }
    }

    @Test func anAbsentTableIsSaidWithTheCommandThatMakesItNeedsRoot() async throws {
        try await TestNetwork.running { network in
            let run = try await network.firewall("check", "--user", Self.user)
            #expect(run.exitCode == 1)
            #expect(
                run.output == """
                    NOT IN PLACE: there is no table ip iam_broker
                    repair: iam-broker firewall apply --user 64999

                    """
            )
            #expect(try await network.firewall("check", "--user", Self.user, "--json").report.state == "absent")
        }
    }

    @Test func removeLeavesNoTraceNeedsRoot() async throws {
        try await TestNetwork.running { network in
            try await network.sh(
                """
                nft add table ip others
                nft add chain ip others output '{ type nat hook output priority -100; }'
                nft add rule ip others output ip daddr 192.0.2.1 tcp dport 80 dnat to 10.240.0.1:80
                nft add table inet iam_broker
                """
            )
            let before = try await network.sh("nft -a list ruleset; cat /proc/sys/net/ipv4/conf/*/*")
            try await network.firewall("apply", "--user", Self.user).succeeds()
            try await network.sh("nft add set ip iam_broker more '{ type ipv4_addr; }'")
            let first = try await network.firewall("remove")
            #expect(first.exitCode == 0)
            #expect(first.output == "removed: every program reaches 169.254.169.254 again\n")
            #expect(try await network.sh("nft -a list ruleset; cat /proc/sys/net/ipv4/conf/*/*") == before)
            let answer = try await network.ask(TestNetwork.workload, "tcp", "169.254.169.254:80")
            #expect(answer == "service from 10.240.0.4")
            let second = try await network.firewall("remove")
            #expect(second.exitCode == 0)
            #expect(second.output == "nothing to remove: there is no table ip iam_broker\n")
        }
    }
}

/// What `check --json` prints.
private struct Report: Decodable {
    let state: String
    let repair: String?
    let differenceCount: Int
    let differences: [Difference]

    struct Difference: Decodable {
        let kind: String
        let place: String
        let line: String
    }
}

extension CommandRun {
    fileprivate var report: Report {
        get throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Report.self, from: Data(output.utf8))
        }
    }

    fileprivate func succeeds() throws {
        try #require(exitCode == 0, "\(output)\(errors)")
    }
}
