import BrokerTesting
import FoundationEssentials
import KeyRotation
import Testing

/// The old key stays for as long as somebody uses it.
struct IdleTests {
    private static let old = KeyID("key-old")

    /// A straggler uses the old key for so many days after the overlap.
    private func run(_ days: Double) async throws -> (ProofWorld, RotationDriver, lastUse: Date) {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .proveIdle { #expect(try await world.advance(&driver)) }
        let end = world.watch.now.addingTimeInterval(days * 86_400)
        var lastUse = world.watch.now
        while driver.state.cycle?.stage == .proveIdle, driver.state.suspension == nil {
            if world.watch.now <= end {
                lastUse = world.watch.now
                let now = lastUse
                world.issuer.change(Self.old) { $0.lastUse = now }
            }
            _ = try await world.advance(&driver)
        }
        return (world, driver, lastUse)
    }

    @Test func itIsDisabledWhenItWasIdleForLongEnough() async throws {
        let (world, driver, lastUse) = try await run(2)
        #expect(driver.state.cycle?.stage == .confirmDisable)
        #expect(world.watch.now.timeIntervalSince(lastUse) >= 3_600)
        #expect(world.issuer.keys.first { $0.id == Self.old }?.isDisabled == false)
        #expect(await world.run() == .finished)
    }

    @Test func aPersonLooksWhenItIsUsedForTooLong() async throws {
        let (world, driver, _) = try await run(30)
        #expect(driver.state.suspension?.reason.contains("key-old was used at") == true)
        #expect(
            driver.state.suspension?.reason.contains("find who uses it, then run: iam-broker rotation resume") == true
        )
        #expect(world.issuer.keys.first { $0.id == Self.old }?.isDisabled == false)
    }
}
