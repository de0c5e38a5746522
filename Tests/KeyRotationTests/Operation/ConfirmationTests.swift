import BrokerTesting
import FoundationEssentials
import JOSE
import KeyRotation
import Testing

/// The old key goes only while the new one is in place: that is made sure of in the same life.
struct ConfirmationTests {
    private static let stages: [RotationStage] = [.confirmDisable, .disable, .confirmDelete, .delete]
    private static let new = KeyID("key-3")

    /// A world whose process died when all was confirmed for this stage, or most.
    private func confirmed(_ stage: RotationStage) async throws -> ProofWorld {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        var driver = try await world.driver()
        // The list and both sinks are what is confirmed.
        let isTaken = stage == .disable || stage == .delete
        while driver.state.cycle?.stage != stage || !isTaken && driver.state.cycle?.confirmed.count != 3 {
            #expect(try await world.advance(&driver))
        }
        return world
    }

    private func checkThatTheOldKeyStays(_ world: ProofWorld, _ stage: RotationStage) async throws {
        let before = world.issuer.keys.first { $0.id == KeyID("key-old") }
        guard case .halted(let reason) = await world.run() else {
            Issue.record("it goes on after \(stage)")
            return
        }
        #expect(reason.contains("the old key stays") || reason.contains("so key-old stays"))
        let after = world.issuer.keys.first { $0.id == KeyID("key-old") }
        #expect(after?.isDeleted == false)
        #expect(after?.isDisabled == before?.isDisabled)
    }

    @Test(arguments: stages)
    func aSinkThatWasOverwrittenWhileTheProcessWasDeadIsSeen(_ stage: RotationStage) async throws {
        let world = try await confirmed(stage)
        world.sinks["first"]?.overwrite(KeyMaterial(["secret": Redacted("foreign")]))
        try await checkThatTheOldKeyStays(world, stage)
    }

    @Test(arguments: stages)
    func aNewKeyThatWasDisabledWhileTheProcessWasDeadIsSeen(_ stage: RotationStage) async throws {
        let world = try await confirmed(stage)
        world.issuer.change(Self.new) { $0.isDisabled = true }
        try await checkThatTheOldKeyStays(world, stage)
    }

    @Test(arguments: stages)
    func aNewKeyThatWasDeletedWhileTheProcessWasDeadIsSeen(_ stage: RotationStage) async throws {
        let world = try await confirmed(stage)
        world.issuer.change(Self.new) { $0.isDeleted = true }
        try await checkThatTheOldKeyStays(world, stage)
    }
}
