import AuditChain
import AuditTrail
import BrokerTesting
import Foundation
import Synchronization
import Testing
import TokenBroker

/// What is recorded is in the file, in order, and nothing is lost at a graceful stop.
struct WritingTests {
    @Test func nothingIsLostAtAGracefulStop() async throws {
        let world = try World()
        try await world.session((0..<5_000).map { .generation($0) })
        #expect(try world.events() == Array(repeating: "policy_loaded", count: 5_000) + ["stopped"])
        #expect(try world.verify().isValid)
    }

    @Test func theNextStartContinuesTheChain() async throws {
        let world = try World()
        for _ in 0..<3 { try await world.session([.started(version: "1"), .stopped]) }
        #expect(try world.events() == ["started", "stopped", "started", "stopped", "started", "stopped"])
        let result = try world.verify()
        #expect(result.isValid)
        #expect(result.summary.head?.sequence == 6)
        // Each session tells the head with which it ends, and the next one finds it again.
        let heads = world.notices.all.compactMap { if case .head(let head) = $0 { head.sequence } else { nil } }
        #expect(heads == [2, 2, 4, 4, 6])
    }

    @Test func whatManyThreadsRecordIsThereInTheOrderOfEachThread() async throws {
        let world = try World()
        let (log, threads, count) = (world.log(maximumSize: 100_000, keptFiles: 1_000), 8, 1_000)
        try await log.start()
        async let running: Void = log.run()
        await withTaskGroup { group in
            for thread in 0..<threads {
                group.addTask {
                    for number in 0..<count { log.record(.generation(thread * count + number)) }
                }
            }
        }
        await log.stop()
        await running
        let result = try world.verify()
        #expect(result.faults == [])
        #expect(log.status.written == UInt64(threads * count + 1))
        #expect(log.status.lost == 0)
        #expect(log.status.queued == 0)
        var last = [Int](repeating: -1, count: threads)
        for line in try world.allLines().dropLast() {
            let text = try #require(line.firstMatch(of: /"generation":([0-9]+)/)?.1)
            let number = try #require(Int(text))
            #expect(number % count == last[number / count] + 1)
            last[number / count] = number % count
        }
        #expect(last == Array(repeating: count - 1, count: threads))
    }

    @Test func theRunningLogWritesWithoutBeingAsked() async throws {
        let world = try World()
        let heads = AsyncStream.makeStream(of: ChainHead.self)
        let configuration = AuditFileConfiguration(folder: world.folder)
        let log = AuditFile(configuration, time: world.time) { notice in
            if case .head(let head) = notice { heads.continuation.yield(head) }
        }
        try await log.start()
        async let running: Void = log.run()
        log.record(.generation(1))
        // The head is told each hour, so after it has been written.
        world.time.advance(by: .seconds(3_600))
        log.record(.generation(2))
        var iterator = heads.stream.makeAsyncIterator()
        #expect(try #require(await iterator.next()).sequence >= 1)
        await log.stop()
        await running
        #expect(try world.events() == ["policy_loaded", "policy_loaded", "stopped"])
    }

    @Test func aStopThatIsSaidTwiceIsOneStop() async throws {
        let world = try World()
        let log = world.log()
        try await log.start()
        log.record(.generation(1))
        await log.stop()
        await log.stop()
        log.record(.generation(2))
        await log.flush()
        await log.reopen()
        #expect(try world.events() == ["policy_loaded", "stopped"])
        #expect(log.status.lost == 1)
    }

    @Test func theHeadIsToldEachHour() async throws {
        let world = try World()
        let log = world.log()
        try await log.start()
        for number in 1...7 {
            log.record(.generation(number))
            await log.flush()
            world.time.advance(by: .seconds(1_800))
        }
        let heads = world.notices.all.compactMap { if case .head(let head) = $0 { head.sequence } else { nil } }
        #expect(heads == [3, 5, 7])
        await log.stop()
    }

    @Test func aCompositeAsksAndTellsAllOfThem() {
        let logs = [RecordingAuditLog(), RecordingAuditLog()]
        let both = AuditLogs(logs)
        both.record(.stopped)
        #expect(logs.map(\.events) == [[.stopped], [.stopped]])
        #expect(both.mayProceed)
        logs[1].mayProceed = false
        #expect(!both.mayProceed)
    }
}
