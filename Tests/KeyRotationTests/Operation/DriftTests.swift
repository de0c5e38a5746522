import BrokerTesting
import JOSE
import KeyRotation
import Testing

/// A sink loses the key that it had.
@Suite struct DriftTests {
    private static let theCase = ProofWorld.Case(
        testDescription: "iam-api-key",
        traits: KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil).traits
    )

    private func driver(_ world: ProofWorld) async throws -> RotationDriver {
        var driver = RotationDriver(world.driverParts.machine, world.driverParts.world)
        try await driver.load()
        return driver
    }

    @Test func aSinkThatIsEmptyAfterARebootGetsAnotherKeyAtOnce() async throws {
        let world = try #require(ProofWorld(Self.theCase))
        #expect(await world.run() == .finished)
        let lost = world.sinks["first"]?.content
        world.sinks["first"]?.overwrite(nil)
        var driver = try await driver(world)
        try await driver.examineSinks()
        #expect(driver.state.request == .repair)
        while try await driver.step() == .acted, driver.state.cycle?.stage != .overlap {}
        for sink in world.sinks.values {
            let content = try #require(sink.content)
            #expect(world.issuer.works(content))
            #expect(content != lost)
        }
        #expect(driver.state.cycle?.isForced == false)
    }

    @Test func inAnOverlapAPersonDecides() async throws {
        let world = try #require(ProofWorld(Self.theCase))
        var driver = try await driver(world)
        while driver.state.cycle?.stage != .overlap { _ = try await driver.step() }
        world.sinks["second"]?.overwrite(KeyMaterial(["secret": Redacted("typed by hand")]))
        try await driver.examineSinks()
        let reason = try #require(driver.state.suspension?.reason)
        #expect(reason.contains("second does not hold the key") && reason.contains("iam-broker rotation"))
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted && !$0.isDisabled })
    }

    @Test func sinksThatHoldTheKeyAreLeftAlone() async throws {
        let world = try #require(ProofWorld(Self.theCase))
        #expect(await world.run() == .finished)
        var driver = try await driver(world)
        let events = world.journal.events.count
        try await driver.examineSinks()
        #expect(driver.state.request == nil)
        #expect(world.journal.events.count == events)
    }

    @Test func aSuspendedPlanStaysAsItIs() async throws {
        let world = try #require(ProofWorld(Self.theCase))
        #expect(await world.run() == .finished)
        var driver = try await driver(world)
        #expect(try await driver.carryOut(.pause) == nil)
        world.sinks["first"]?.overwrite(nil)
        try await driver.examineSinks()
        #expect(driver.state.request == nil)
    }
}
