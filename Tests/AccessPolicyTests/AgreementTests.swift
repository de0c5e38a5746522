import AccessPolicy
import Foundation
import Testing

/// The compiled policy decides as the rules do when they are followed one by one.
struct AgreementTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func theIndexAndTheRulesAgree(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var permits = 0
        var reasons: Set<String> = []
        for _ in 0..<500 {
            let (grants, denials) = generator.policy()
            let policy = Policy(grants: grants, denials: denials)
            let rules = NaivePolicy(grants: grants, denials: denials)
            for _ in 0..<6 {
                let workload = generator.workload()
                let profile = generator.element(of: SeededGenerator.profiles)
                let decision = policy.decide(workload, profile, at: SeededGenerator.start)
                let expected = rules.decide(workload, profile, at: SeededGenerator.start)
                #expect(
                    NaiveDecision(decision) == expected,
                    "seed \(seed): \(workload) asks for \(profile) of \(grants) with \(denials)"
                )
                if case .permit = decision { permits += 1 }
                if let reason = expected.reason { reasons.insert(reason.code) }
            }
        }
        // Otherwise the worlds are too dull to prove anything.
        #expect(permits > 100)
        #expect(reasons == ["nobody_may", "no_grant_matches", "not_now", "denied"])
    }

    /// A permit is kept for as long as it says; what it says must be true.
    @Test(arguments: 100..<104 as Range<UInt64>)
    func aPermitThatHoldsIsWhatThePolicyWouldSay(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var kept = 0
        var dropped = 0
        for _ in 0..<500 {
            let (grants, denials) = generator.policy()
            let policy = Policy(grants: grants, denials: denials)
            let workload = generator.workload()
            let profile = generator.element(of: SeededGenerator.profiles)
            guard case .permit(let permit) = policy.decide(workload, profile, at: SeededGenerator.start) else {
                continue
            }
            for seconds in [0.5, 20, 59, 60, 119, 3_600] {
                let later = SeededGenerator.start.addingTimeInterval(seconds)
                guard permit.holds(at: later) else {
                    dropped += 1
                    continue
                }
                kept += 1
                #expect(
                    NaiveDecision(policy.decide(workload, profile, at: later)) == NaiveDecision(.permit(permit)),
                    "seed \(seed), \(seconds) s later: \(grants)"
                )
            }
        }
        #expect(kept > 50)
        #expect(dropped > 0)
    }

    @Test func anExplanationTakesTheSameDecision() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let (grants, denials) = generator.policy()
            let policy = Policy(grants: grants, denials: denials)
            let workload = generator.workload()
            let profile = generator.element(of: SeededGenerator.profiles)
            let explanation = policy.explain(workload, profile, at: SeededGenerator.start)
            #expect(explanation.decision == policy.decide(workload, profile, at: SeededGenerator.start))
        }
    }
}
