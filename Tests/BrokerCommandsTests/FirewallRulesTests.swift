import Testing

@testable import BrokerCommands

@Suite struct FirewallRulesTests {
    @Test func theScriptReplacesTheTableInOneTransaction() {
        let rules = FirewallRules(broker: SystemUser(uid: 999, name: "iam-broker"), others: .redirected(port: 8_169))
        #expect(
            rules.script == """
                #!/usr/sbin/nft -f
                # The metadata service of IBM Cloud VPC: only iam-broker (uid 999) reaches 169.254.169.254; port 80 of \
                everybody else goes to 127.0.0.1:8169, all else is rejected.
                # Made by 'iam-broker firewall print'; docs/firewall.md explains each line.
                add table ip iam_broker
                delete table ip iam_broker
                table ip iam_broker {
                \tchain output_redirect {
                \t\ttype nat hook output priority -110; policy accept;
                \t\tip daddr 169.254.169.254 tcp dport 80 meta skuid != 999 redirect to :8169
                \t}

                \tchain output_filter {
                \t\ttype filter hook output priority filter + 10; policy accept;
                \t\tip daddr != 169.254.169.254 accept
                \t\tmeta skuid 999 accept
                \t\tmeta skuid != 999 reject with tcp reset
                \t\tmeta skuid != 999 reject with icmp admin-prohibited
                \t\tmeta l4proto tcp ct state established accept
                \t\treject with tcp reset
                \t\treject with icmp admin-prohibited
                \t}

                \tchain forward_filter {
                \t\ttype filter hook forward priority filter + 10; policy accept;
                \t\tip daddr 169.254.169.254 reject with tcp reset
                \t\tip daddr 169.254.169.254 reject with icmp admin-prohibited
                \t}
                }

                """
        )
    }

    @Test func rejectingLeavesOutTheRedirectionAlone() {
        let broker = SystemUser(uid: 999, name: nil)
        let rejecting = FirewallRules(broker: broker, others: .rejected)
        let redirecting = FirewallRules(broker: broker, others: .redirected(port: 1))
        #expect(!rejecting.text.contains("redirect"))
        #expect(
            FirewallDifference.between(redirecting.text, rejecting.text).map(\.description)
                == ["table: missing: chain output_redirect"]
        )
    }
}
