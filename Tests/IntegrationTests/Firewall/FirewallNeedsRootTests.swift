import Foundation
import Testing

/// Firewall, daemon and metadata service together, asked by a program that knows only 169.254.169.254.
@Suite(.timeLimit(.minutes(2)))
struct FirewallNeedsRootTests {
    private static let reports = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
    private static let backups = "Profile-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273"
    private typealias Instance = WalledInstance

    @Test func onceItIsAppliedAProgramGetsWhatPolicyGrantsAndNoMore() async throws {
        try await Instance.run { instance in
            // Without the wall everybody has every linked profile.
            let open = try await instance.ask("reports", "backups", as: Instance.granted, Instance.stranger, 0)
            #expect(open.map(\.text) == Array(repeating: [Self.reports, Self.backups], count: 3).flatMap(\.self))
            let apply = try await instance.firewall(["apply", "--user", "\(Instance.broker)"])
            try #require(apply.exitCode == 0, "\(apply.errors)")
            let check = try await instance.firewall(["check", "--user", "\(Instance.broker)"])
            #expect(check.exitCode == 0)
            #expect(check.output.hasPrefix("in place: only uid 64999 reaches 169.254.169.254"))

            let path = "/metadata/v1/instance"
            let granted = try await instance.ask("reports", "backups", path, "/metadata/v1/keys", as: Instance.granted)
            #expect(granted.map(\.status) == [200, 400, 200, 403])
            #expect(granted.first?.text == Self.reports)
            let refused = try await instance.ask("reports", "backups", path, as: Instance.stranger, 0)
            #expect(refused.map(\.status) == [400, 400, 403, 400, 400, 403])
            for answer in refused where answer.status == 400 {
                #expect(answer.text.contains("is not for this process"))
            }
        }
    }

    @Test func removedItIsAsIfItHadNeverBeenThere() async throws {
        try await Instance.run { instance in
            try await instance.network.sh(
                """
                nft add table ip others
                nft add chain ip others output '{ type filter hook output priority 0; }'
                """
            )
            let before = try await instance.network.sh("nft -a list ruleset; cat /proc/sys/net/ipv4/conf/*/*")
            for mode in [[], ["--reject"]] {
                let apply = try await instance.firewall(["apply", "--user", "\(Instance.broker)"] + mode)
                try #require(apply.exitCode == 0, "\(apply.errors)")
                let remove = try await instance.firewall(["remove"])
                #expect(remove.exitCode == 0, "\(remove.errors)")
                #expect(
                    try await instance.network.sh("nft -a list ruleset; cat /proc/sys/net/ipv4/conf/*/*") == before
                )
            }
            let answers = try await instance.ask("backups", as: Instance.stranger)
            #expect(answers.map(\.text) == [Self.backups])
        }
    }

    @Test func withRejectOnlyTheBrokerReachesTheService() async throws {
        try await Instance.run { instance in
            let apply = try await instance.firewall(["apply", "--user", "\(Instance.broker)", "--reject"])
            try #require(apply.exitCode == 0, "\(apply.errors)")
            let refused = try await instance.ask("reports", as: Instance.granted, Instance.stranger, 0)
            #expect(refused.map(\.status) == [nil, nil, nil])
            #expect(refused.allSatisfy { $0.text.contains("Connection refused") })
            // Who is told where the broker is gets a token, so the daemon still reaches the service.
            let answers = try await instance.ask("reports", at: "http://127.0.0.1:8169", as: Instance.granted)
            #expect(answers.map(\.text) == [Self.reports])
        }
    }

    /// Nothing that the broker says leaves the machine, whatever forwards it.
    @Test func answersLeaveWithOneHopToLive() async throws {
        try await Instance.run { instance in
            try await instance.firewall(["apply", "--user", "\(Instance.broker)"])
            // Only packets with something in them: the last acknowledgement of a closed connection is the kernel's own.
            try await instance.network.sh(
                """
                nft -f - <<END
                table ip probe {
                  counter one { }
                  counter more { }
                  chain output {
                    type filter hook output priority 300; policy accept;
                    tcp sport 8169 tcp flags & psh == psh ip ttl 1 counter name one
                    tcp sport 8169 tcp flags & psh == psh ip ttl != 1 counter name more
                  }
                }
                END
                """
            )
            let answers = try await instance.ask("reports", as: Instance.granted, Instance.stranger)
            #expect(answers.map(\.status) == [200, 400])
            let counted = try await instance.network.sh("nft list counters table ip probe")
            let packets = counted.matches(of: /counter (one|more) {\s+packets ([0-9]+)/).map { ($0.1, Int($0.2) ?? 0) }
            let (one, more) = (packets.first { $0.0 == "one" }?.1, packets.first { $0.0 == "more" }?.1)
            // A session and a token, and a session and a refusal.
            #expect(try #require(one) >= 4)
            #expect(more == 0)
        }
    }
}
