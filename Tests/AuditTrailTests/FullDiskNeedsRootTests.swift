import AuditChain
import AuditTrail
import BrokerTesting
import Foundation
import Glibc
import Testing
import TokenBroker

/// A file system that is really full.
///
/// Mounting one needs root.
@Suite(.serialized) struct FullDiskNeedsRootTests {
    /// A file system in memory, of 64 KiB, where the log's folder is to be.
    private final class SmallDisk {
        let path: String

        init(at path: String) throws {
            self.path = path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            let answer = mount("tmpfs", path, "tmpfs", 0, "size=64k,mode=0700")
            try #require(answer == 0, "this test needs root: it mounts a small file system (errno \(errno))")
        }

        deinit { umount2(path, Int32(MNT_DETACH)) }

        func fill() throws {
            let file = open(path + "/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            try #require(file >= 0)
            let block = [UInt8](repeating: 0, count: 4_096)
            while write(file, block, block.count) > 0 {}
            close(file)
        }

        func makeRoom() throws { try #require(unlink(path + "/ballast") == 0) }
    }

    @Test func aFullDiskStopsARequiredLogUntilThereIsRoom() async throws {
        let world = try World()
        let disk = try SmallDisk(at: world.folder)
        let log = world.log(isRequired: true, queueCapacity: 100)
        try await log.start()
        log.record(.generation(0))
        await log.flush()
        #expect(log.mayProceed)
        try disk.fill()
        // What is left of the last block holds a few lines; all of these it does not.
        for number in 1...150 { log.record(.generation(number)) }
        await log.flush()
        #expect(!log.mayProceed)
        #expect(log.status.isFailing)
        #expect(log.status.lastError?.contains("no space left") == true)
        #expect(log.status.lost == 50)
        // Nothing of what failed is in the file.
        #expect(try world.verify().summary.lines == 1)
        #expect(try world.verify().summary.unfinishedBytes == 0)
        try disk.makeRoom()
        await log.flush()
        #expect(log.mayProceed)
        await log.stop()
        let loaded = Array(repeating: "policy_loaded", count: 101)
        #expect(try world.events() == loaded + ["lost", "stopped"])
        let result = try world.verify()
        #expect(result.faults == [])
        #expect(result.summary.lost == 50)
        let notices = world.notices.all
        #expect(notices.count { if case .failed = $0 { true } else { false } } == 1)
        #expect(notices.contains(.worksAgain))
        #expect(notices.contains(.lost(50)))
    }

    @Test func theWriterTriesAgainByItself() async throws {
        let world = try World()
        let disk = try SmallDisk(at: world.folder)
        let log = world.log(isRequired: true)
        try await log.start()
        try disk.fill()
        for number in 1...150 { log.record(.generation(number)) }
        await log.flush()
        #expect(!log.mayProceed)
        let retry = world.time.now.boot + .seconds(1)
        async let running: Void = log.run()
        await world.time.sleeper(until: retry)
        #expect(!log.mayProceed)
        try disk.makeRoom()
        world.time.advance(by: .seconds(1))
        // The next thing it waits for is that what it wrote becomes durable, or the hour: then it has written.
        await world.time.sleeper(until: world.time.now.boot + .seconds(3_599))
        #expect(log.mayProceed)
        await log.stop()
        await running
        #expect(try world.verify().isValid)
        #expect(log.status.lost == 0)
    }

    @Test func whatAFullDiskStillKeepsOutAtTheStopIsCounted() async throws {
        let world = try World()
        let disk = try SmallDisk(at: world.folder)
        let log = world.log()
        try await log.start()
        try disk.fill()
        for number in 1...150 { log.record(.generation(number)) }
        await log.stop()
        // With `stopped`.
        #expect(log.status.lost == 151)
        #expect(log.status.queued == 0)
        #expect(log.mayProceed)
        #expect(world.notices.all.contains(.lost(151)))
    }
}
