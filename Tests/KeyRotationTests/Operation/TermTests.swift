import BrokerTesting
import FoundationEssentials
import KeyRotation
import Testing

/// A node whose term may be over changes nothing outside.
struct TermTests {
    @Test(arguments: ProofWorld.Case.all)
    func noChangeIsSentWhenTheTermIsNotSure(_ theCase: ProofWorld.Case) async throws {
        let (sure, world) = (Switch(), try #require(ProofWorld(theCase)))
        let parts = world.driverParts
        var driver = RotationDriver(parts.machine, parts.world.under(term(world.journal, sure)))
        try await driver.load()
        var refusals = 0
        var isUnderWay = true
        while isUnderWay {
            sure.isOn = false
            let before = world.changes
            do {
                isUnderWay = try await world.advance(&driver)
                #expect(world.changes.keys == before.keys && world.changes.sinks == before.sinks)
            } catch {
                guard case RotationDriver.Stop.journal(let failure) = error, failure.code == .deposed else {
                    throw error
                }
                #expect(failure.message.contains("proof"))
                // Not even the announcement was written.
                #expect(world.changes == before)
                refusals += 1
                sure.isOn = true
                isUnderWay = try await world.advance(&driver)
            }
        }
        #expect(driver.state.lastSuccess != nil)
        #expect(refusals > 0)
        #expect(world.violated.isEmpty)
    }

    private func term(_ journal: any RotationJournal, _ sure: Switch) -> RotationTerm {
        RotationTerm(
            number: 1,
            journal: journal,
            publication: nil,
            isSure: { length in
                #expect(length == RotationDriver.Surroundings.longestCall)
                return sure.isOn
            },
            ended: {},
            resign: {}
        )
    }
}

extension ProofWorld {
    /// All that a call can change outside.
    struct Changes: Equatable {
        let keys: [String]
        let sinks: [String: ScriptedSink.Memory]
        let creations: Int?
    }

    var changes: Changes {
        let state = journal.records.first
            .flatMap { try? JSONDecoder().decode(RotationState.self, from: Data($0.state)) }
        return Changes(
            keys: issuer.keys.map { "\($0.id) \($0.isDisabled) \($0.isDeleted)" },
            sinks: sinks.mapValues(\.memory),
            creations: state?.creations.count
        )
    }
}
