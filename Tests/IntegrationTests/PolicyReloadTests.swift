import Foundation
import Testing

/// A policy that changes while the daemon runs: all of it counts, or none.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct PolicyReloadTests {
    private static let nobody = "version: 1\ngrants: []\n"

    @Test
    func aRevokedGrantEndsHandOutsOnOpenConnections() async throws {
        try await World.run { world in
            let connection = try Connection(world.workload)
            #expect(try await token(connection).status == 200)
            try world.folder.write("policies/tests.yaml", Self.nobody)
            try await world.daemon.log.wait(for: "policy=2")
            #expect(try await token(connection).status == 403)
        }
    }

    @Test
    func aChangeOfTheFolderIsNoticedWithoutASignal() async throws {
        try await World.run { world in
            #expect(try await world.ask().status == 200)
            try world.folder.write("policies/tests.yaml", Self.nobody)
            try await world.daemon.log.wait(for: "policy=2")
            #expect(try await world.ask().status == 403)
        }
    }

    @Test
    func aBadPolicyChangesNothingAndTheStatusSaysWhy() async throws {
        try await World.run { world in
            try world.folder.write("policies/more.yaml", "version: 1\ngrants: [{ name: half")
            try await world.daemon.log.wait(for: "Policy not loaded; the one before stays in force")
            #expect(try await world.ask().status == 200)
            let status = try await Program.command.run(["status", "--json", "--socket", world.admin])
            #expect(status.output.contains(#""generation":1"#), "\(status.output)")
            #expect(status.output.contains("policies/more.yaml"), "\(status.output)")
        }
    }

    @Test
    func filesThatAreWrittenOneAfterTheOtherAreOnePolicy() async throws {
        try await World.run { world in
            let grant = "{ name: wide, profiles: [locked], workloads: [{ uid: \(getuid()) }] }"
            try world.folder.write("policies/a-grants.yaml", "version: 1\ngrants: [\(grant)]\n")
            for number in 0..<20 { try world.folder.write("policies/b-\(number).yaml", "version: 1\n") }
            let denial = "{ name: all, workloads: [{ uid: \(getuid()) }] }"
            try world.folder.write("policies/c-denials.yaml", "version: 1\ndenials: [\(denial)]\n")
            try await world.daemon.log.wait(for: "policy=2")
            // The first policy that names the grant has the denial, too.
            #expect(try await world.ask("locked").status == 403)
            let status = try await Program.command.run(["status", "--json", "--socket", world.admin])
            #expect(status.output.contains(#""denials":1,"generation":2"#), "\(status.output)")
        }
    }

    @Test
    func aPolicyThatSaysTheSameIsNoNewOne() async throws {
        try await World.run { world in
            world.daemon.kill(SIGHUP)
            try await world.daemon.log.wait(for: "Policy unchanged")
            let status = try await Program.command.run(["status", "--json", "--socket", world.admin])
            #expect(status.output.contains(#""generation":1"#), "\(status.output)")
        }
    }

    @Test
    func aSignalHasThePolicyReadWhereNoChangeCanBeSeen() async throws {
        try await World.run { world in
            // The folder holds a link; what changes is the file elsewhere.
            try world.folder.write("elsewhere.yaml", "version: 1\ndenials: []\n")
            try FileManager.default.createSymbolicLink(
                atPath: world.folder.path("policies/link.yaml"),
                withDestinationPath: world.folder.path("elsewhere.yaml")
            )
            try await world.daemon.log.wait(for: "Policy unchanged")
            let denial = "denials: [{ name: all, workloads: [{ uid: \(getuid()) }] }]"
            try world.folder.write("elsewhere.yaml", "version: 1\n\(denial)\n")
            world.daemon.kill(SIGHUP)
            try await world.daemon.log.wait(for: "policy=2")
            #expect(try await world.ask().status == 403)
        }
    }

    private func token(_ connection: Connection) async throws -> Reply {
        try await blocking {
            try connection.request("GET", "/v1/token?profile=reports")
            return try #require(try connection.receive(), "the daemon closed without an answer")
        }
    }
}
