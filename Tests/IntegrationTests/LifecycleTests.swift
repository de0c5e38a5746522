import CloudSimulator
import Foundation
import Testing

/// Start, stop and what lies between.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct LifecycleTests {
    @Test
    func theSocketsAreOpenToWhomTheyAreFor() async throws {
        try await World.run { world in
            let (workload, admin) = (try mode(world.workload), try mode(world.admin))
            #expect(workload == 0o666)
            #expect(admin == 0o660)
        }
    }

    @Test
    func aSecondDaemonIsRefusedAndTheFirstGoesOn() async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask())
            let second = try await Program.daemon.run(["--config", world.folder.path("config.yaml")])
            #expect(second.exitCode == 69)
            let folder = world.folder.path("state/audit")
            #expect(
                second.errors.contains("another process writes the audit log in \(folder): stop it"),
                "\(second.errors)"
            )
            try world.expectToken(try await world.ask())
            #expect(try await world.refresh().status == 200)
        }
    }

    @Test
    func aStoppedDaemonLeavesNoSocketsAndAnotherCanStart() async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask())
            try await world.daemon.stop(secrets: [])
            #expect(!FileManager.default.fileExists(atPath: world.workload))
            #expect(!FileManager.default.fileExists(atPath: world.admin))
            try await restart(world)
        }
    }

    @Test
    func aKilledDaemonsSocketsDoNotStopTheNext() async throws {
        let folder = try ScratchFolder()
        let cloud = try World.cloud()
        try await cloud.withRunning(logger: World.logger) { address in
            let configuration = try Setup().write(to: folder, cloud: address.url)
            let first = try await DaemonProcess(configuration: configuration)
            first.kill(SIGKILL)
            #expect(try await first.waitForEnd() == -SIGKILL)
            #expect(FileManager.default.fileExists(atPath: folder.path("w")))
            let second = try await DaemonProcess(configuration: configuration)
            let world = World(cloud: cloud, url: address.url, folder: folder, daemon: second)
            try world.expectToken(try await world.ask())
            try await second.stop(secrets: [])
        }
    }

    @Test
    func aStopClosesIdleConnectionsAndAnswersThoseThatWait() async throws {
        try await World.run { world in
            world.cloud.set(Fault(delay: .milliseconds(500)), for: .iamToken)
            let idle = try await blocking {
                let connection = try Connection(world.workload)
                try connection.request("GET", "/v1/profiles")
                let answer = try connection.receive()
                try #require(answer?.status == 200)
                return connection
            }
            async let reply = world.ask()
            try await world.cloud.waitForRequests(to: .iamToken, reaching: 1)
            world.daemon.kill(SIGTERM)
            #expect(try await blocking { try idle.drain() }.isEmpty)
            // Once more, while it is at it.
            world.daemon.kill(SIGTERM)
            try world.expectToken(try await reply)
            #expect(try await world.daemon.waitForEnd() == 0)
        }
    }

    @Test
    func aStopInTheMiddleOfEverythingIsAStop() async throws {
        try await World.run { world in
            world.cloud.set(Fault(delivery: .hang), for: .iamToken)
            let connections = try await blocking {
                let connections = try (1...60).map { _ in try Connection(world.workload) }
                for (number, connection) in connections.enumerated() {
                    switch number % 4 {
                    case 0: try connection.request("GET", "/v1/token?profile=reports")
                    case 1: try connection.request("GET", "/v1/token?profile=backups")
                    case 2: try connection.send("GET /v1/tok")
                    default: break
                    }
                }
                return connections
            }
            try await world.cloud.waitForRequests(to: .iamToken, reaching: 2)
            let start = ContinuousClock.now
            world.daemon.kill(SIGTERM)
            #expect(try await world.daemon.waitForEnd() == 0)
            #expect(ContinuousClock.now - start < .seconds(7))
            let answers = try await blocking {
                try connections.map { String(decoding: try $0.drain(), as: UTF8.self) }
            }
            let isTokenFree = !answers.contains { $0.contains("access_token") }
            #expect(isTokenFree)
        }
    }

    private func restart(_ world: World) async throws {
        let second = try await DaemonProcess(configuration: world.folder.path("config.yaml"))
        let restarted = World(cloud: world.cloud, url: world.url, folder: world.folder, daemon: second)
        try restarted.expectToken(try await restarted.ask())
        try await second.stop(secrets: [])
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
