import BrokerTesting
import FoundationEssentials
import KeyRotation
import Testing

/// The clock was ahead in the life before.
@Suite struct ClockAheadTests {
    @Test func timesThatHaveNotComeAreNotWaitedFor() async throws {
        let theCase = try #require(ProofWorld.Case.all.first)
        let world = try #require(ProofWorld(theCase))
        let machine = world.driverParts.machine
        var driver = RotationDriver(machine, world.driverParts.world)
        try await driver.load()
        while driver.state.cycle?.stage != .overlap { _ = try await driver.step() }
        let now = world.watch.now.addingTimeInterval(-10 * 86_400)
        let state = machine.resumed(driver.state, now: now)
        #expect(state.cycle?.since == now)
        #expect(state.current?.publishedAt == now)
        guard case .rest(let until?) = machine.next(state, now: now, rotation: RotationID(1)) else {
            Issue.record("the overlap does not go on")
            return
        }
        #expect(until == now.addingTimeInterval(machine.rules.pacing.overlap))
    }
}
