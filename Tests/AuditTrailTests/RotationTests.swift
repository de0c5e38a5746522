import AuditChain
import AuditTrail
import Foundation
import Testing
import TokenBroker

/// Files come and go; the chain goes on.
struct RotationTests {
    @Test func aFullFileIsPutAwayAndTheChainGoesOn() async throws {
        let world = try World()
        let log = world.log(maximumSize: 1_000)
        try await log.start()
        for number in 1...40 { log.record(.generation(number)) }
        await log.stop()
        let files = try world.files()
        #expect(files.count > 5)
        #expect(files.last == "audit.jsonl")
        #expect(files.first == "audit-000000000001-\(padded(try world.lines(files[0]).count)).jsonl")
        for file in files.dropLast() {
            // No line begins beyond the limit, and the last one may end beyond it.
            let size = try world.bytes(file).count
            #expect((1_000..<1_300).contains(size))
        }
        let result = try world.verify()
        #expect(result.faults == [])
        #expect(result.summary.lines == 41)
    }

    private func padded(_ number: Int) -> String { String(repeating: "0", count: 12 - "\(number)".count) + "\(number)" }

    @Test func theOldestFilesAreRemovedAndTheLogSaysSo() async throws {
        let world = try World()
        let log = world.log(maximumSize: 1_000, keptFiles: 3)
        try await log.start()
        for number in 1...60 { log.record(.generation(number)) }
        await log.stop()
        let files = try world.files()
        #expect(files.count == 4)
        let result = try world.verify()
        #expect(result.faults == [])
        #expect(try #require(result.summary.firstSequence) > 1)
        #expect(try world.events().contains("removed"))
    }

    @Test func filesThatSomebodyElseRemovedAreMissed() async throws {
        let world = try World()
        try await world.session((1...60).map { .generation($0) }, maximumSize: 1_000)
        let files = try world.files()
        try FileManager.default.removeItem(atPath: world.folder + "/" + files[0])
        #expect(try world.verify().faults.map(\.code) == [.startMissing])
        // Who names files, and not the folder, knows what is not among them.
        #expect(try world.verify(isWholeLog: false).isValid)
        try FileManager.default.removeItem(atPath: world.folder + "/" + files[2])
        let faults = try world.verify(isWholeLog: false).faults
        #expect(faults.map(\.code) == [.gap])
        #expect(faults.first?.position == LinePosition(file: files[3], line: 1))
    }

    @Test func aChangeBeforeARotationIsFoundAfterIt() async throws {
        let world = try World()
        try await world.session((1...40).map { .generation($0) }, maximumSize: 1_000)
        let files = try world.files()
        var bytes = try world.bytes(files[1])
        // In a member of the last line that says nothing of the chain.
        let index = try #require(bytes.lastIndex(of: UInt8(ascii: "g")))
        bytes[index] ^= 1
        try world.replace(files[1], bytes)
        let faults = try world.verify().faults
        #expect(faults.count == 1)
        #expect(faults.first?.position == LinePosition(file: files[2], line: 1))
    }

    @Test func aRestartAfterARotationContinues() async throws {
        let world = try World()
        for number in 1...30 { try await world.session([.generation(number)], maximumSize: 500) }
        let result = try world.verify()
        #expect(result.faults == [])
        #expect(result.summary.head?.sequence == 60)
        #expect(try world.files().count > 8)
    }

    @Test func aFileThatIsFullWithNothingAfterItContinuesInANewOne() async throws {
        let world = try World()
        try await world.session([.generation(1)])
        let name = ChainFileName(first: 1, last: 2)
        try FileManager.default.moveItem(atPath: world.current, toPath: world.folder + "/\(name)")
        try await world.session([])
        #expect(try world.files() == ["\(name)", "audit.jsonl"])
        #expect(try world.verify().isValid)
    }

    @Test func aFileThatWasRenamedIsLeftAtReopening() async throws {
        let world = try World()
        let log = world.log()
        try await log.start()
        log.record(.generation(1))
        await log.flush()
        let renamed = world.current + ".1"
        try FileManager.default.moveItem(atPath: world.current, toPath: renamed)
        log.record(.generation(2))
        await log.reopen()
        log.record(.generation(3))
        await log.reopen()
        await log.stop()
        #expect(try world.files() == ["audit.jsonl.1", "audit.jsonl"])
        #expect(try world.lines("audit.jsonl.1").count == 1)
        #expect(try world.lines().count == 3)
        #expect(try world.verify().isValid)
        try await world.session([])
        #expect(try world.verify().isValid)
    }

    @Test func aFileThatWasRemovedIsMadeAgain() async throws {
        let world = try World()
        let log = world.log()
        try await log.start()
        log.record(.generation(1))
        await log.flush()
        try FileManager.default.removeItem(atPath: world.current)
        log.record(.generation(2))
        await log.stop()
        #expect(try world.verify().faults.map(\.code) == [.startMissing])
        #expect(try world.events() == ["policy_loaded", "stopped"])
    }

    @Test func aNameThatIsTakenIsNotOverwritten() async throws {
        let world = try World()
        let log = world.log(maximumSize: 100)
        try await log.start()
        log.record(.generation(1))
        await log.flush()
        let taken = "\(ChainFileName(first: 1, last: 1))"
        try Data().write(to: URL(filePath: world.folder + "/" + taken))
        log.record(.generation(2))
        await log.stop()
        #expect(try world.bytes(taken).isEmpty)
        #expect(try world.lines().count == 3)
        #expect(try world.verify().isValid)
        #expect(world.notices.all.contains { if case .failed = $0 { true } else { false } })
    }
}
