import CloudSimulator
import Foundation
import Testing

/// Machines that are not as they should be, and what the daemon makes of it.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct SurroundingsTests {
    @Test func aClockIn1970IsToldAndTheRightTimeHelpsWithoutARestart() async throws {
        let library = try await Self.wrongClock()
        let wrong = library.path("wrong")
        try library.write("wrong", "")
        let cloud = try World.cloud()
        try await cloud.withRunning(logger: World.logger) { address in
            let setup = Setup()
            let folder = try ScratchFolder()
            let configuration = try setup.write(to: folder, cloud: address.url)
            let daemon = try await DaemonProcess(
                configuration: configuration,
                environment: ["LD_PRELOAD": library.path("clock.so"), "WALL_CLOCK_WRONG": wrong]
            )
            let world = World(cloud: cloud, url: address.url, folder: folder, daemon: daemon)
            do {
                let reply = try await world.ask()
                #expect(reply.status == 503)
                #expect(reply.message?.contains("is this machine's clock right? (timedatectl)") == true)
                try FileManager.default.removeItem(atPath: wrong)
                // A failure is remembered for a while: nobody has IAM asked at each request.
                let deadline = ContinuousClock.now + .seconds(90)
                var status = 503
                while status == 503, ContinuousClock.now < deadline { status = try await world.refresh().status }
                #expect(status == 200)
                try world.expectToken(try await world.ask())
            } catch {
                daemon.kill(SIGKILL)
                throw error
            }
            try await daemon.stop(secrets: [])
        }
    }

    /// Only root can mount.
    @Test func aReadOnlyStateFolderIsToldAndTokensAreHandedOutNeedsRoot() async throws {
        let cloud = try World.cloud()
        try await cloud.withRunning(logger: World.logger) { address in
            let folder = try ScratchFolder()
            let configuration = try Setup().write(to: folder, cloud: address.url)
            try folder.createFolder("state")
            let daemon = try await DaemonProcess(configuration: configuration, readOnly: folder.path("state"))
            let world = World(cloud: cloud, url: address.url, folder: folder, daemon: daemon)
            do {
                try world.expectToken(try await world.ask())
                let status = try await Program.command.run(["status", "--socket", world.admin])
                #expect(status.output.contains("CANNOT BE WRITTEN"))
                #expect(status.output.contains("read-only file system"))
                // A lock holds, and who locked is told that it will not outlive the daemon.
                let lock = try await Program.command.run(["lock", "reports", "--socket", world.admin])
                #expect(lock.exitCode != 0)
                #expect(lock.errors.lowercased().contains("read-only file system"))
                #expect(try await world.ask().status == 403)
            } catch {
                daemon.kill(SIGKILL)
                throw error
            }
            try await daemon.stop(secrets: [])
        }
    }

    /// Of some two thousand: each takes three descriptors, and more are not allowed everywhere.
    @Test func anIdleConnectionCostsLessThanEightKibibytes() async throws {
        var setup = Setup()
        setup.limits = "{ connections: 10000, connections_per_user: 10000 }"
        try await World.run(setup) { world in
            let run = try await Program.run(
                URL(filePath: "/usr/bin/python3"),
                [Program.client("idle_connections.py"), world.workload, String(world.daemon.processID), "1900"]
            )
            try #require(run.exitCode == 0, "\(run.errors)")
            let bytes = try #require(Int(run.output.trimmingCharacters(in: .whitespacesAndNewlines)))
            print("idle connections: 1900, \(bytes) bytes each")
            #expect((1...8_192).contains(bytes))
        }
    }

    /// A library that sets a program's clock, built where nobody else writes.
    private static func wrongClock() async throws -> ScratchFolder {
        let folder = try ScratchFolder()
        let build = try await Program.run(
            URL(filePath: "/usr/bin/env"),
            [
                "PATH=/usr/bin:/bin", "cc", "-shared", "-fPIC", "-o", folder.path("clock.so"),
                Program.client("wall_clock.c"),
            ]
        )
        try #require(build.exitCode == 0, "\(build.errors)")
        return folder
    }
}
