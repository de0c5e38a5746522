import Foundation
import Testing

/// Programs in namespaces of their own are judged as what they are outside.
@Suite(.timeLimit(.minutes(2)))
struct HostileNamespaceTests {
    private static var setup: Setup {
        var setup = Setup()
        setup.emulation = "127.0.0.1:0"
        return setup
    }

    /// A container that shares the network of the machine has no address of its own to be told by.
    @Test func aContainerWithoutItsOwnAddressIsToldByItsProcessNeedsRoot() async throws {
        let (group, other) = (try ControlGroup(), try ControlGroup())
        var setup = Self.setup
        setup.policy = """
            version: 1
            grants:
              - { name: container, profiles: [reports], workloads: [ { container: \(group.container), uid: 54321 } ] }

            """
        try await World.run(setup) { world in
            let namespaces = ["/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child"]
            let inside = try await ask(world, "54321", in: group.entering + namespaces)
            #expect(inside == "200\n")
            #expect(try await ask(world, "54322", in: group.entering + namespaces) == "400\n")
            #expect(try await ask(world, "54321", in: other.entering + namespaces) == "400\n")
            #expect(try await ask(world, "54321", in: []) == "400\n")
        }
    }

    /// In a user namespace anybody is root, by the numbers there.
    @Test func whoIsRootInItsOwnNamespaceAloneIsJudgedAsTheUserThatItIsNeedsRoot() async throws {
        try #require(geteuid() == 0, "this test needs root: it becomes other users")
        var setup = Self.setup
        setup.policy = """
            version: 1
            grants:
              - { name: root, profiles: [reports], workloads: [ { uid: 0 } ] }
              - { name: user, profiles: [backups], workloads: [ { uid: 54321 } ] }

            """
        try await World.run(setup) { world in
            let namespaces = ["/usr/bin/unshare", "--user", "--map-root-user"]
            let run = try await Program.run(
                URL(filePath: "/usr/bin/setpriv"),
                Self.identity("54321") + namespaces + (try Self.asking(try world.emulation, ["reports", "backups"]))
            )
            #expect(run.output == "400\n200\n", "\(run.errors)")
        }
    }

    private static func identity(_ user: String) -> [String] { ["--reuid", user, "--regid", user, "--clear-groups"] }

    /// As text: other users need not be able to read the file.
    private static func asking(_ url: String, _ profiles: [String]) throws -> [String] {
        let script = try String(contentsOfFile: Program.client("session_client.py"), encoding: .utf8)
        return ["/usr/bin/python3", "-c", script, url] + profiles
    }

    private func ask(_ world: World, _ user: String, in place: [String]) async throws -> String {
        let command =
            place + ["/usr/bin/setpriv"] + Self.identity(user) + (try Self.asking(try world.emulation, ["reports"]))
        return try await Program.run(URL(filePath: command[0]), Array(command.dropFirst())).output
    }
}
