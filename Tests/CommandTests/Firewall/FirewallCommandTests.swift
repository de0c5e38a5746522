import Foundation
import Testing

/// What the commands refuse, and what they say.
@Suite struct FirewallCommandTests {
    private static let user = "\(TestNetwork.broker)"

    @Test(arguments: [
        ["print", "--port", "0"], ["print", "--port", "65536"], ["print", "--port", "x"], ["print", "--json"],
        ["apply", "--reject", "--port", "8169"], ["check", "extra"], ["remove", "--user", "0"], ["nonsense"],
    ])
    func wrongUsageIsSaid(arguments: [String]) async throws {
        let run = try await CommandRun(["firewall"] + arguments, input: Data())
        #expect(run.exitCode == 64)
        #expect(run.output.isEmpty)
    }

    @Test(arguments: [["print"], ["apply"], ["apply", "--reject"], ["check"], ["check", "--json"]])
    func anUnknownUserIsSaidWithTheCommandThatMakesIt(arguments: [String]) async throws {
        let run = try await CommandRun(["firewall"] + arguments + ["--user", "no-such-user"], input: Data())
        #expect(run.exitCode == 78)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(#"this machine has no user "no-such-user""#))
        #expect(run.errors.contains("useradd --system --uid 869 --user-group --no-create-home"))
    }

    @Test(arguments: [("root", "root (uid 0)", 0), ("65534", "uid 65534", 65_534)])
    func aUserHasANameOrANumber(user: String, shown: String, uid: Int) async throws {
        let run = try await CommandRun(["firewall", "print", "--user", user], input: Data())
        #expect(run.exitCode == 0)
        #expect(run.output.contains("only \(shown) reaches"))
        #expect(run.output.contains("\t\tmeta skuid \(uid) accept\n"))
    }

    @Test(arguments: [["apply", "--force"], ["check"], ["remove"]])
    func whoMayNotIsToldSoNeedsRoot(arguments: [String]) async throws {
        let options = arguments == ["remove"] ? [] : ["--user", Self.user]
        let run = try await CommandRun(
            program: URL(filePath: "/usr/bin/setpriv"),
            ["--reuid", "65534", "--clear-groups", "--", CommandRun.executable.path(), "firewall"] + arguments
                + options
        )
        #expect(run.exitCode == 77, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("hint: run it as root"))
    }

    @Test func nothingIsAppliedBeforeTheEmulationListensNeedsRoot() async throws {
        try await TestNetwork.running(emulation: false) { network in
            let run = try await network.firewall("apply", "--user", Self.user)
            #expect(run.exitCode == 69)
            #expect(run.errors.contains("nothing listens on 127.0.0.1:8169"))
            #expect(run.errors.contains("listen: { metadata: 127.0.0.1:8169 }"))
            #expect(try await network.sh("nft list ruleset").isEmpty)
            #expect(try await network.firewall("apply", "--user", Self.user, "--reject").exitCode == 0)
            #expect(try await network.firewall("apply", "--user", Self.user, "--force").exitCode == 0)
        }
    }

    @Test(arguments: [(TestNetwork.broker, 0), (0, 0), (TestNetwork.workload, 69)] as [(Int, Int32)])
    func thePortMustBelongToTheBrokerNeedsRoot(listener: Int, exitCode: Int32) async throws {
        try await TestNetwork.running(emulation: false) { network in
            let peer = try await network.listen(as: listener)
            defer { peer.stop() }
            let run = try await network.firewall("apply", "--user", Self.user)
            #expect(run.exitCode == exitCode, "\(run.errors)")
            #expect(run.errors.contains("127.0.0.1:8169 belongs to uid 64998") == (exitCode != 0))
        }
    }

    @Test func checkSeesWhoListensInTheBrokersPlaceNeedsRoot() async throws {
        try await TestNetwork.running(emulation: false) { network in
            #expect(try await network.firewall("apply", "--user", Self.user, "--force").exitCode == 0)
            #expect(try await network.firewall("check", "--user", Self.user).exitCode == 0)
            let peer = try await network.listen(as: TestNetwork.workload)
            defer { peer.stop() }
            let run = try await network.firewall("check", "--user", Self.user)
            #expect(run.exitCode == 1)
            #expect(
                run.output.hasPrefix(
                    "NOT IN PLACE: uid 64998 listens in the broker's place, and gets what programs send"
                )
            )
            let json = try await network.firewall("check", "--user", Self.user, "--json")
            #expect(json.exitCode == 1)
            #expect(json.output.contains(#""state":"equal""#) && json.output.contains(#""listener_uid":64998"#))
        }
    }

    @Test func aProgramThatRunsAsTheBrokersUserIsNamedNeedsRoot() async throws {
        try await TestNetwork.running(emulation: false) { network in
            let peer = try await network.listen(as: TestNetwork.broker)
            defer { peer.stop() }
            let run = try await network.firewall("apply", "--user", Self.user)
            #expect(run.exitCode == 0, "\(run.errors)")
            let named = run.errors.split(separator: "\n").filter { $0.contains("note: process ") }
            #expect(named.contains { $0.contains(") runs as the broker's user, uid 64999, so it reaches") })
            // Processes of the same user in the namespace of the service are none of these.
            let other = try await network.firewall("apply", "--user", "\(TestNetwork.workload)", "--force")
            #expect(!other.errors.contains("runs as the broker's user"))
        }
    }
}
