import AuditChain
import AuditTrail
import BrokerTesting
import Testing
import TokenBroker

/// What finds no room is counted, and the count is in the log.
struct FullQueueTests {
    @Test func whatFindsNoRoomIsCountedInItsPlace() async throws {
        let world = try World()
        let log = world.log(queueCapacity: 3)
        try await log.start()
        for number in 1...10 { log.record(.generation(number)) }
        #expect(log.status.lost == 7)
        #expect(log.status.queued == 3)
        await log.flush()
        log.record(.generation(11))
        await log.stop()
        let loaded = "policy_loaded"
        #expect(try world.events() == [loaded, loaded, loaded, "lost", loaded, "stopped"])
        #expect(try world.lines()[3].contains(#""event":"lost","count":7,"#))
        let result = try world.verify()
        #expect(result.isValid)
        #expect(result.summary.lost == 7)
        #expect(world.notices.all.contains(.lost(7)))
    }

    @Test(arguments: [(true, 2, true), (true, 3, false), (false, 3, true)])
    func aRequiredLogThatIsFullStopsHandOuts(isRequired: Bool, events: Int, mayProceed: Bool) async throws {
        let world = try World()
        let log = world.log(isRequired: isRequired, queueCapacity: 3)
        try await log.start()
        for number in 0..<events { log.record(.generation(number)) }
        #expect(log.mayProceed == mayProceed)
        await log.flush()
        #expect(log.mayProceed)
        await log.stop()
        #expect(log.mayProceed == !isRequired)
    }

    @Test func lossesAreToldOnceAMinute() async throws {
        let world = try World()
        let log = world.log(queueCapacity: 1)
        try await log.start()
        for _ in 1...120 {
            log.record(.generation(1))
            log.record(.generation(2))
            await log.flush()
            world.time.advance(by: .seconds(1))
        }
        let told = world.notices.all.compactMap { if case .lost(let count) = $0 { count } else { nil } }
        #expect(told == [1, 61])
        await log.stop()
        #expect(try world.verify().summary.lost == 120)
    }
}
