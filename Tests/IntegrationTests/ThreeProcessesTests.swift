import Foundation
import Testing

/// One program of one user may have a profile; another program and another user may not, and an operator is told why.
///
/// The processes run under users of their own, so these tests need root.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ThreeProcessesTests {
    private static let user = "54321"

    @Test
    func onlyTheGrantedProgramOfTheGrantedUserGetsATokenNeedsRoot() async throws {
        let programs = try ScratchFolder()
        let granted = try await programs.installCommand("granted")
        let other = try await programs.installCommand("other")
        var setup = Setup()
        setup.policy = """
            version: 1
            grants:
              - name: one-program
                profiles: [reports]
                workloads: [ { uid: \(Self.user), executable: \(granted) } ]

            """
        try await World.run(setup) { world in
            try world.folder.openToEverybody()
            let permitted = try await run(granted, as: Self.user, world)
            #expect(permitted.exitCode == 0, "\(permitted.errors)")
            #expect(permitted.output.hasPrefix("eyJ"))
            let program = try await refusal(other, as: Self.user, world)
            #expect(program.contains("DENY  profile reports"), "\(program)")
            #expect(program.contains("uid         \(Self.user)  ok"), "\(program)")
            #expect(program.contains("executable  \(granted)  NO: it is \(other)"), "\(program)")
            let user = try await refusal(granted, as: "54322", world)
            #expect(user.contains("uid         \(Self.user)  NO: it is 54322"), "\(user)")
            #expect(user.contains("executable  \(granted)  ok"), "\(user)")
            #expect(user.contains("nearest grant 'one-program'"), "\(user)")
        }
    }

    @Test
    func aRunningProcessCanBeExplainedBeforeItAsksNeedsRoot() async throws {
        try await World.run { world in
            let arguments = [
                "policy", "explain", "--pid", "\(getpid())", "--profile", "locked", "--socket", world.admin,
            ]
            let explained = try await Program.command.run(arguments)
            #expect(explained.exitCode == 0, "\(explained.errors)")
            #expect(explained.output.hasPrefix("DENY  profile locked, pid \(getpid()), uid 0"), "\(explained.output)")
            #expect(explained.output.contains("no grant names this profile"))
        }
    }

    private func run(_ program: String, as user: String, _ world: World) async throws -> ProgramRun {
        let command = [program, "token", "--profile", "reports", "--socket", world.workload]
        let identity = ["--reuid", user, "--regid", user, "--clear-groups"]
        return try await Program.run(URL(filePath: "/usr/bin/setpriv"), identity + command)
    }

    /// What `explain` says of the refusal that the program gets.
    private func refusal(_ program: String, as user: String, _ world: World) async throws -> String {
        let refused = try await run(program, as: user, world)
        #expect(refused.exitCode == 77, "\(refused.errors)")
        #expect(refused.output.isEmpty)
        let decision = try #require(refused.errors.firstMatch(of: /iam-broker explain ([0-9a-f]{16})/)?.output.1)
        let explained = try await Program.command.run(["explain", String(decision), "--socket", world.admin])
        #expect(explained.exitCode == 0, "\(explained.errors)")
        return explained.output
    }
}

extension ScratchFolder {
    /// Copies `iam-broker`, for any user to run.
    ///
    /// - Returns: the path of the copy.
    fileprivate func installCommand(_ name: String) async throws -> String {
        try await Program.copy(Program.command.url(), to: path(name))
        try openToEverybody()
        return path(name)
    }

    fileprivate func openToEverybody() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path(""))
    }
}
