import BrokerTesting
import FoundationEssentials
import KeyRotation
import Testing

/// A rotation is rolled back to a key that was made by hand, which the broker never used.
struct UnverifiedKeyTests {
    private func rolledBack() async throws -> (ProofWorld, RotationDriver) {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .overlap { _ = try await world.advance(&driver) }
        #expect(try await driver.carryOut(.rollback) == nil)
        while try await world.advance(&driver) {}
        return (world, driver)
    }

    @Test func theNewKeyStaysUntilAPersonDeletesIt() async throws {
        let (world, driver) = try await rolledBack()
        #expect(driver.state.suspension?.kind == .halted)
        let reason = try #require(driver.state.suspension?.reason)
        #expect(reason.contains("never used the key that consumers have, so key-3 stays"))
        #expect(reason.contains("run: iam-broker rotation resume proof"))
        #expect(world.violated == [])
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted && !$0.isDisabled })
        #expect(world.sinks.values.allSatisfy { $0.content == ProofWorld.old })
    }

    @Test func itStaysAlsoWhenTheyOnlySayResume() async throws {
        var (world, driver) = try await rolledBack()
        #expect(try await driver.carryOut(.resume) == nil)
        while try await world.advance(&driver) {}
        #expect(driver.state.suspension?.kind == .halted)
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted && !$0.isDisabled })
    }

    @Test func onceItIsDeletedByHandTheRollbackEnds() async throws {
        var (world, driver) = try await rolledBack()
        world.issuer.change(KeyID("key-3")) { $0.isDeleted = true }
        #expect(try await driver.carryOut(.resume) == nil)
        while try await world.advance(&driver) {}
        #expect(driver.state.cycle == nil)
        #expect(driver.state.suspension?.kind == .paused)
        #expect(driver.state.suspension?.reason.contains("rolled back") == true)
        #expect(driver.state.current?.id == KeyID("key-old"))
        #expect(world.sinks.values.allSatisfy { $0.content == ProofWorld.old && !$0.keepsAside })
    }
}
