import Foundation
import Testing

/// What really crosses the network, with and without the table.
@Suite struct FirewallReachabilityTests {
    private typealias Network = TestNetwork

    @Test func withoutTheTableEverybodyReachesTheServiceNeedsRoot() async throws {
        try await Network.running { network in
            for user in [Network.broker, Network.workload, 0] {
                for (kind, port) in [("tcp", 80), ("mapped", 80), ("tcp", 443), ("udp", 80)] {
                    let answer = try await network.ask(user, kind, "\(Network.service):\(port)")
                    #expect(answer == "service from 10.240.0.4", "\(user) \(kind) \(port)")
                }
            }
            #expect(try await network.ask(0, "icmp", "\(Network.service):0") == "echo reply")
            for (kind, answer) in [("tcp", "service from 10.88.0.2"), ("udp", "service from 10.88.0.2")] {
                #expect(try await network.ask(0, kind, "\(Network.service):80", from: network.container) == answer)
            }
            #expect(try await network.ask(0, "icmp", "\(Network.service):0", from: network.container) == "echo reply")
        }
    }

    @Test func onlyTheBrokersUserReachesTheServiceNeedsRoot() async throws {
        try await Network.running { network in
            let apply = try await network.firewall("apply", "--user", "\(Network.broker)")
            #expect(apply.exitCode == 0, "\(apply.errors)")
            #expect(
                apply.output == """
                    in force: only uid 64999 reaches 169.254.169.254; port 80 of everybody else goes to 127.0.0.1:8169, \
                    all else is rejected

                    """
            )
            for (kind, port) in [("tcp", 80), ("mapped", 80), ("tcp", 443), ("udp", 80)] {
                let answer = try await network.ask(Network.broker, kind, "\(Network.service):\(port)")
                #expect(answer == "service from 10.240.0.4", "\(kind) \(port)")
            }
            for user in [Network.workload, 0] {
                for (kind, port, expected) in [
                    ("tcp", 80, "emulation from 10.240.0.4"), ("mapped", 80, "emulation from 10.240.0.4"),
                    ("tcp", 443, "ECONNREFUSED"), ("mapped", 443, "ECONNREFUSED"), ("udp", 80, "EPERM"),
                    ("udp", 443, "EPERM"),
                ] {
                    let answer = try await network.ask(user, kind, "\(Network.service):\(port)")
                    #expect(answer == expected, "\(user) \(kind) \(port)")
                }
                #expect(try await network.ask(user, "tcp", "10.240.0.1:80") == "service from 10.240.0.4")
                #expect(try await network.ask(user, "udp", "10.240.0.1:80") == "service from 10.240.0.4")
            }
            #expect(try await network.ask(0, "icmp", "\(Network.service):0") == "EPERM")
            #expect(try await network.ask(0, "icmp", "10.240.0.1:0") == "echo reply")
            // The way to 127.0.0.1 does not need it.
            #expect(try await network.sh("cat /proc/sys/net/ipv4/conf/*/route_localnet | sort -u") == "0\n")
        }
    }

    @Test(arguments: [[], ["--reject"]])
    func containersBehindTheInstanceAreRejectedNeedsRoot(mode: [String]) async throws {
        try await Network.running { network in
            try await apply(network, mode)
            for user in [Network.broker, Network.workload, 0] {
                for (kind, port, expected) in [
                    ("tcp", 80, "ECONNREFUSED"), ("tcp", 443, "ECONNREFUSED"), ("udp", 80, "EHOSTUNREACH"),
                ] {
                    let answer = try await network.ask(
                        user,
                        kind,
                        "\(Network.service):\(port)",
                        from: network.container
                    )
                    #expect(answer == expected, "\(user) \(kind) \(port)")
                }
            }
            let echo = try await network.ask(0, "icmp", "\(Network.service):0", from: network.container)
            #expect(echo == "EHOSTUNREACH")
            let other = try await network.ask(0, "tcp", "10.240.0.1:80", from: network.container)
            #expect(other == "service from 10.88.0.2")
        }
    }

    @Test func withRejectNobodyElseIsRedirectedNeedsRoot() async throws {
        try await Network.running { network in
            try await apply(network, ["--reject"])
            #expect(
                try await network.ask(Network.broker, "tcp", "\(Network.service):80") == "service from 10.240.0.4"
            )
            for user in [Network.workload, 0] {
                #expect(try await network.ask(user, "tcp", "\(Network.service):80") == "ECONNREFUSED")
                #expect(try await network.ask(user, "udp", "\(Network.service):80") == "EPERM")
                // The emulation itself stays open.
                #expect(try await network.ask(user, "tcp", "127.0.0.1:8169") == "emulation from 127.0.0.1")
            }
        }
    }

    @Test func aConnectionFromBeforeTheTableIsResetNeedsRoot() async throws {
        try await Network.running { network in
            func held(_ user: Int) async throws -> NetworkPeer {
                let arguments = ["ask", "\(user)", "held", "\(Network.service):80"]
                let peer = try NetworkPeer(.namespace(of: network.instance), arguments)
                try #require(await peer.nextLine() == "connected")
                return peer
            }
            let workload = try await held(Network.workload)
            let broker = try await held(Network.broker)
            defer { for peer in [workload, broker] { peer.stop() } }
            try await apply(network)
            try workload.goOn()
            #expect(try await workload.nextLine() == "ECONNRESET")
            try broker.goOn()
            #expect(try await broker.nextLine() == "service from 10.240.0.4")
        }
    }

    @Test func aConnectionThatTheBrokerClosesEndsInOrderNeedsRoot() async throws {
        try await Network.running { network in
            try await apply(network)
            #expect(try await network.ask(Network.broker, "close", "\(Network.service):80") == "closed")
            #expect(try await network.metadata.nextLine() == "acknowledged")
        }
    }

    @Test func withoutARouteAProgramFailsAtOnceAndApplySaysSoNeedsRoot() async throws {
        try await Network.running { network in
            try await network.sh("ip route del default")
            let run = try await network.firewall("apply", "--user", "\(Network.broker)")
            #expect(run.exitCode == 0)
            #expect(run.errors.contains("no route to 169.254.169.254"))
            #expect(try await network.ask(Network.workload, "tcp", "\(Network.service):80") == "ENETUNREACH")
            try await network.sh("ip route add \(Network.service)/32 dev eth0")
            #expect(
                try await network.ask(Network.workload, "tcp", "\(Network.service):80") == "emulation from 10.240.0.4"
            )
        }
    }

    @Test func theTablesOfOthersWorkAndDoNotLeadAroundTheWallNeedsRoot() async throws {
        try await Network.running { network in
            try await network.sh(
                """
                nft -f - <<END
                table ip others {
                  chain output {
                    type nat hook output priority -100; policy accept;
                    ip daddr 192.0.2.1 tcp dport 80 dnat to 10.240.0.1:80
                    ip daddr 192.0.2.2 tcp dport 80 dnat to \(Network.service):80
                    ip daddr \(Network.service) tcp dport 80 dnat to 10.240.0.1:443
                  }
                  chain prerouting {
                    type nat hook prerouting priority -100; policy accept;
                    ip daddr 192.0.2.2 tcp dport 80 dnat to \(Network.service):80
                  }
                  chain filter {
                    type filter hook output priority 0; policy accept;
                    accept
                  }
                }
                END
                """
            )
            let before = try await network.ask(Network.workload, "tcp", "192.0.2.2:80")
            #expect(before == "service from 10.240.0.4")
            try await apply(network)
            for (place, expected) in [
                ("192.0.2.1:80", "service from 10.240.0.4"), ("192.0.2.2:80", "ECONNREFUSED"),
                ("\(Network.service):80", "emulation from 10.240.0.4"),
            ] {
                #expect(try await network.ask(Network.workload, "tcp", place) == expected, "\(place)")
            }
            let container = try await network.ask(0, "tcp", "192.0.2.2:80", from: network.container)
            #expect(container == "ECONNREFUSED")
        }
    }

    private func apply(_ network: TestNetwork, _ options: [String] = []) async throws {
        let run = try await network.inside(
            CommandRun.executable.path(),
            ["firewall", "apply", "--user", "\(Network.broker)"] + options
        )
        try #require(run.exitCode == 0, "\(run.errors)")
    }
}
