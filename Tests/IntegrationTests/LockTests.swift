import CloudSimulator
import Foundation
import Testing

/// Locks outlive the daemon, and a daemon that cannot know its locks does not start.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct LockTests {
    @Test(arguments: [["reports"], []])
    func aLockSurvivesARestartUntilItIsTakenBack(profile: [String]) async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask())
            let calls = world.cloud.requestCount(of: .iamToken)
            let lock = try await Program.command.run(["lock"] + profile + ["--socket", world.admin])
            #expect(lock.exitCode == 0, "\(lock.errors)")
            #expect(lock.output.contains(profile.first ?? "all profiles"))
            try await expectLocked(world)
            try await world.daemon.stop(secrets: [])
            #expect(world.daemon.log.text.contains("Locked"))
            try await restarted(world) { world in
                #expect(world.daemon.log.text.contains("Locked from before"))
                try await expectLocked(world)
                #expect(world.cloud.requestCount(of: .iamToken) == calls)
                let unlock = try await Program.command.run(["unlock"] + profile + ["--socket", world.admin])
                #expect(unlock.exitCode == 0, "\(unlock.errors)")
                #expect(unlock.output.hasSuffix("nothing is locked\n"))
                try world.expectToken(try await world.ask())
            }
            try await restarted(world) { world in try world.expectToken(try await world.ask()) }
        }
    }

    @Test
    func whatIsLockedIsToldApart() async throws {
        try await World.run { world in
            let lock = try await Program.command.run(["lock", "reports", "--socket", world.admin])
            #expect(lock.exitCode == 0, "\(lock.errors)")
            try world.expectToken(try await world.ask("backups"), of: "backups")
            let status = try await Program.command.run(["status", "--socket", world.admin])
            #expect(status.output.contains("reports: locked by an operator since "))
            #expect(!status.output.contains("backups: locked"))
            let refresh = try await Program.command.run(["refresh", "reports", "--socket", world.admin])
            #expect(refresh.exitCode == 77)
            #expect(refresh.errors.contains("profile reports has been locked by an operator since "))
        }
    }

    @Test
    func anExchangeUnderWayComesToNothing() async throws {
        try await World.run { world in
            world.cloud.set(Fault(delivery: .hang), for: .iamToken)
            async let reply = world.ask()
            try await world.cloud.waitForRequests(to: .iamToken, reaching: 1)
            let lock = try await Program.command.run(["lock", "--socket", world.admin])
            #expect(lock.exitCode == 0, "\(lock.errors)")
            #expect(try await reply.status == 403)
            world.cloud.clearFaults()
            let unlock = try await Program.command.run(["unlock", "--socket", world.admin])
            #expect(unlock.exitCode == 0, "\(unlock.errors)")
            try world.expectToken(try await world.ask())
            #expect(world.cloud.requestCount(of: .identityToken) == 2)
        }
    }

    @Test
    func aDamagedFileKeepsTheDaemonFromStarting() async throws {
        let folder = try ScratchFolder()
        let configuration = try Setup().write(to: folder, cloud: "http://127.0.0.1:1")
        try folder.createFolder("state")
        try folder.write("state/locks.json", #"{"version":1,"all":{"sin"#)
        let run = try await Program.daemon.run(["--config", configuration])
        #expect(run.exitCode == 78)
        #expect(run.errors.hasPrefix("iam-brokerd: \(folder.path("state/locks.json")): is damaged"), "\(run.errors)")
        #expect(run.errors.contains("remove it"))
        // It is nothing about the configuration.
        let check = try await Program.daemon.run(["--config", configuration, "--check"])
        #expect(check.exitCode == 0)
    }

    @Test
    func aLockThatCannotBeStoredHoldsAndIsAnError() async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask())
            // A folder where the new file should be: not even root can write it.
            try world.folder.createFolder("state/locks.json.new")
            let lock = try await Program.command.run(["lock", "--socket", world.admin])
            #expect(lock.exitCode == 69)
            #expect(lock.output.isEmpty)
            #expect(lock.errors.contains("the lock holds now but would not survive a restart: "))
            #expect(lock.errors.contains(world.folder.path("state")))
            try await expectLocked(world)
            let unlock = try await Program.command.run(["unlock", "--socket", world.admin])
            #expect(unlock.exitCode == 69)
            #expect(unlock.errors.contains("nothing was unlocked: "))
            try await expectLocked(world)
            #expect(world.daemon.log.text.contains("Locks could not be stored"))
            try FileManager.default.removeItem(atPath: world.folder.path("state/locks.json.new"))
            let again = try await Program.command.run(["unlock", "--socket", world.admin])
            #expect(again.exitCode == 0, "\(again.errors)")
            try world.expectToken(try await world.ask())
        }
    }

    private func expectLocked(_ world: World) async throws {
        let reply = try await world.ask()
        #expect(reply.status == 403)
        #expect(reply.body.contains(#""code":"locked""#))
        let token = try await Program.command.run(["token", "--socket", world.workload, "--profile", "reports"])
        #expect(token.exitCode == 77)
        #expect(token.output.isEmpty)
        #expect(token.errors.contains("profile reports has been locked by an operator since "))
    }

    /// Runs `body` with another daemon in the same folder, and stops it.
    private func restarted(_ world: World, _ body: (World) async throws -> Void) async throws {
        let daemon = try await DaemonProcess(configuration: world.folder.path("config.yaml"))
        let next = World(cloud: world.cloud, url: world.url, folder: world.folder, daemon: daemon)
        do {
            try await body(next)
        } catch {
            daemon.kill(SIGKILL)
            throw error
        }
        try await daemon.stop(secrets: [])
    }
}
