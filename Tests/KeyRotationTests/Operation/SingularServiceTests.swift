import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import KeyRotation

/// A service with one place for a key keeps the one before, and no more: a third ends what consumers have.
struct SingularServiceTests {
    private static let theCase = ProofWorld.Case(
        testDescription: "iam_credentials",
        traits: KeyTarget.secret(SecretTarget(url: "", id: "", kind: .iamCredentials)).traits,
        delays: ScriptedIssuer.Delays(kept: 2),
        sinks: ["first", "second"]
    )

    @Test func whatFailsIsTakenUpAgainAndNotMadeAgain() async throws {
        for (call, kind) in ["list", "create", "verify", "list", "publish", "publish"].enumerated() {
            for answer in FaultyAnswer.allCases where answer != .duplicate {
                for isForGood in [false, true] {
                    let saboteur = Saboteur(call: call, answer: answer, isForGood: isForGood)
                    let world = try #require(
                        ProofWorld(Self.theCase, issuerHooks: saboteur.issuerHooks, sinkHooks: saboteur.sinkHooks)
                    )
                    var end = await world.run()
                    if case .halted = end {
                        saboteur.stop()
                        end = try await world.resume()
                    }
                    #expect(end == .finished, "\(answer.rawValue) to \(kind)")
                    #expect(world.violated == [], "\(answer.rawValue) to \(kind)")
                    #expect(world.invariants(after: .finished) == [], "\(answer.rawValue) to \(kind)")
                    #expect(world.issuer.creations == 1, "\(answer.rawValue) to \(kind)")
                }
            }
        }
    }

    /// Somebody made a version by hand: consumers of the sinks have the one before.
    @Test func whatSomebodyMadeByHandIsPublishedAndNotPushedOut() async throws {
        let world = try #require(ProofWorld(Self.theCase))
        #expect(await world.run() == .finished)
        let made = KeyMaterial(["secret": Redacted("by hand")])
        world.issuer.add("by-hand", made, at: world.watch.now)
        var driver = try await world.driver()
        #expect(try await driver.carryOut(.run(.now)) == nil)
        let before = driver.state.lastSuccess
        while driver.state.lastSuccess == before, driver.state.suspension == nil {
            _ = try await world.advance(&driver)
        }
        #expect(world.sinks.values.allSatisfy { $0.content == made })
        #expect(driver.state.current?.id == KeyID("by-hand"))
        #expect(world.issuer.creations == 1)
        #expect(world.violated == [])
    }

    @Test func aValueThatCannotBeReadHaltsInTheEndAndIsNotMadeAgain() async throws {
        var theCase = Self.theCase
        theCase.delays.isReadable = false
        let lost = Switch()
        let world = try #require(
            ProofWorld(
                theCase,
                issuerHooks: ScriptedIssuer.Hooks(after: { call, answer in
                    guard call.kind == "create", lost.calls == 0 else { return answer }
                    lost.count()
                    return .fault(IssuerFault(.unknownOutcome, "no answer came in time"))
                })
            )
        )
        guard case .halted(let reason) = await world.run() else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.contains("the value of the new key cannot be read"))
        #expect(world.issuer.creations == 1)
        #expect(world.violated == [])
    }
}
