/// The table that keeps everybody but the broker away from the metadata service.
///
/// The text of the table is what `nft` itself would list, so that the two can be compared.
struct FirewallRules: Sendable, Equatable {
    /// Who may reach the metadata service.
    let broker: SystemUser
    let others: Others

    /// What becomes of port 80 of everybody else.
    enum Others: Sendable, Equatable {
        /// It goes to the broker's emulation, at this port of 127.0.0.1.
        case redirected(port: UInt16)
        /// It is rejected as all the rest.
        case rejected
    }

    static let address = "169.254.169.254"
    /// Of the family `ip`: the service has no IPv6 address.
    static let table = "ip iam_broker"

    /// What is in force with this table, in a sentence.
    var summary: String {
        let others =
            switch others {
            case .redirected(let port): "port 80 of everybody else goes to 127.0.0.1:\(port), all else is rejected"
            case .rejected: "everybody else is rejected"
            }
        return "only \(broker.description) reaches \(Self.address); \(others)"
    }

    /// The table as `nft list table` shows it.
    var text: String {
        var chains = [outputFilter, forwardFilter]
        if case .redirected(let port) = others { chains.insert(outputRedirect(port), at: 0) }
        return "table \(Self.table) {\n" + chains.joined(separator: "\n") + "}\n"
    }

    /// A script for `nft -f` that makes the table, or replaces it, in one transaction.
    var script: String {
        """
        #!/usr/sbin/nft -f
        # The metadata service of IBM Cloud VPC: \(summary).
        # Made by 'iam-broker firewall print'; docs/firewall.md explains each line.
        \(Self.replacement)
        \(text)
        """
    }

    /// A script that removes the table, also when there is none.
    static let removal = replacement + "\n"

    /// Adding what may be there already makes removing it never fail.
    private static let replacement = "add table \(table)\ndelete table \(table)"

    /// -110 is before the destination NAT of others, which is at -100: the first who translates wins.
    private func outputRedirect(_ port: UInt16) -> String {
        """
        \tchain output_redirect {
        \t\ttype nat hook output priority -110; policy accept;
        \t\tip daddr \(Self.address) tcp dport 80 meta skuid != \(broker.uid) redirect to :\(port)
        \t}

        """
    }

    /// After all address translation, so that it sees where a packet really goes.
    ///
    /// The rules with a user match only packets with a socket. What the kernel sends for a connection that its program has
    /// closed has none, and passes when the connection exists: only the broker could open it.
    private var outputFilter: String {
        """
        \tchain output_filter {
        \t\ttype filter hook output priority filter + 10; policy accept;
        \t\tip daddr != \(Self.address) accept
        \t\tmeta skuid \(broker.uid) accept
        \t\tmeta skuid != \(broker.uid) reject with tcp reset
        \t\tmeta skuid != \(broker.uid) reject with icmp admin-prohibited
        \t\tmeta l4proto tcp ct state established accept
        \t\treject with tcp reset
        \t\treject with icmp admin-prohibited
        \t}

        """
    }

    /// What others send through this machine: containers and virtual machines with an address of their own.
    private var forwardFilter: String {
        """
        \tchain forward_filter {
        \t\ttype filter hook forward priority filter + 10; policy accept;
        \t\tip daddr \(Self.address) reject with tcp reset
        \t\tip daddr \(Self.address) reject with icmp admin-prohibited
        \t}

        """
    }
}
