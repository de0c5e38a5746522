import CloudSimulator
import Foundation
import Glibc
import JOSE
import Testing

/// What a daemon finds that was not there a moment ago.
@Suite(.timeLimit(.minutes(2))) struct RotationRestartTests {
    private static let plan = """
        target: { iam-api-key: { service_id: \(World.serviceID) } }
        publish: [ { file: { path: FOLDER/keys/reports } } ]
        overlap: 30m
        """

    /// Runs two daemons of one folder, one after the other; `between` is told the folder.
    private func twoLives(
        _ first: @escaping (World) async throws -> Void,
        between: (ScratchFolder) throws -> Void = { _ in },
        _ second: @escaping (World) async throws -> Void
    ) async throws {
        let cloud = try World.cloud()
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            let folder = try ScratchFolder()
            try folder.createFolder("keys")
            let configuration = try Setup.rotating(["reports": Self.plan]).write(to: folder, cloud: address.url)
            for life in [first, second] {
                let daemon = try await DaemonProcess(configuration: configuration)
                let world = World(cloud: cloud, url: address.url, folder: folder, daemon: daemon)
                do {
                    try await life(world)
                } catch {
                    daemon.kill(SIGKILL)
                    throw error
                }
                // A death is all that the first gets to prepare.
                daemon.kill(SIGKILL)
                _ = try await daemon.waitForEnd()
                try between(folder)
            }
        }
    }

    @Test func aRestartInTheOverlapKeepsItsEndAndARollbackIsStillPossible() async throws {
        let (end, old) = (Recorded<Int>(), Recorded<String>())
        try await twoLives { world in
            try await world.rotation("run", "--now", "reports")
            // The first key of a plan has no overlap.
            try await world.plan("reports", reaches: "the end") { $0["state"]?.string == "waiting" }
            old.value = try world.key("reports")
            try await world.rotation("run", "--now", "reports")
            let state = try await world.plan("reports", reaches: "resting") {
                $0["rotation"]?["until"]?.integer != nil
            }
            #expect(state["rotation"]?["phase"]?.string == "overlap")
            end.value = state["rotation"]?["until"]?.integer
        } _: { world in
            let state = try await world.plan("reports", reaches: "resting") {
                $0["rotation"]?["until"]?.integer != nil
            }
            #expect(state["rotation"]?["phase"]?.string == "overlap")
            #expect(end.value != nil && state["rotation"]?["until"]?.integer == end.value)
            #expect(world.liveKeys.count == 2)
            let isReplaced = try world.key("reports") != old.value
            #expect(isReplaced)
            try await world.rotation("rollback", "reports")
            try await world.plan("reports", reaches: "given back") { _ in (try? world.key("reports")) == old.value }
        }
    }

    @Test func aDamagedJournalStopsRotationsAndNothingElse() async throws {
        try await twoLives { world in
            try await world.rotation("run", "--now", "reports")
        } between: { folder in
            let journal = folder.path("state/rotation.db")
            try #require(FileManager.default.fileExists(atPath: journal))
            let file = try FileHandle(forUpdating: URL(filePath: journal))
            try file.write(contentsOf: Data(repeating: 0x5A, count: 8_192))
            try file.close()
        } _: { world in
            try world.expectToken(try await world.ask())
            let state = try await world.plan("reports", reaches: "unknown") { $0["state"]?.string == "unknown" }
            let reason = try #require(state["reason"]?.string)
            #expect(reason.contains("rotation.db"), "\(reason)")
            #expect(reason.contains("is damaged") && reason.contains("mkdir"), "\(reason)")
            let table = try await world.rotation("status")
            #expect(table.output.contains("unknown"))
            let run = try await world.rotation("run", "--now", "reports", code: 69)
            #expect(run.errors.contains("rotation.db"), "\(run.errors)")
            #expect(world.liveKeys.count == 1)
        }
    }
}

/// What one part of a test leaves for another.
private final class Recorded<Value> {
    var value: Value?
}
