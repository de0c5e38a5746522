package import FoundationEssentials

/// A test of a policy: who asks for what, and what is expected.
package struct PolicyCase: Sendable {
    package let name: String
    package let workload: Workload
    package let question: PolicyQuestion
    /// When; `nil`: when the test runs.
    package let instant: Date?
    package let expected: Expectation
    package let place: SourcePlace

    package enum Outcome: String, Sendable {
        case permit
        case deny
        /// Permitted because somebody only observes; a denial if everything was enforced.
        case observe
    }

    /// What is not said may be anything.
    package struct Expectation: Sendable {
        package let outcome: Outcome
        /// The grant that permits, or that does not hold at this time.
        package let grant: String?
        /// ``DenialReason/code``, of the denial or of what is only observed.
        package let reason: String?
        /// The denial that applies.
        package let denial: String?
    }

    /// Whether the policy said what is expected.
    package func isMet(by actual: PolicyOutcome) -> Bool {
        expected.outcome == actual.outcome
            && (expected.grant == nil || expected.grant == actual.grant)
            && (expected.reason == nil || expected.reason == actual.reason)
            && (expected.denial == nil || expected.denial == actual.denial)
    }
}

/// A decision, in the words of policy tests.
package struct PolicyOutcome: Sendable {
    package let outcome: PolicyCase.Outcome
    package let grant: String?
    package let reason: String?
    package let denial: String?

    package init(_ decision: Decision) {
        switch decision {
        case .permit(let permit): self.init(grant: permit.grant, permit.observed)
        case .deny(let reason): self.init(.deny, grant: nil, reason)
        }
    }

    package init(_ decision: ResourceDecision) {
        switch decision {
        case .permit(let grant, let observed): self.init(grant: grant, observed)
        case .deny(let reason): self.init(.deny, grant: nil, reason)
        }
    }

    private init(grant: String, _ observed: DenialReason?) {
        self.init(observed == nil ? .permit : .observe, grant: grant, observed)
    }

    private init(_ outcome: PolicyCase.Outcome, grant: String?, _ why: DenialReason?) {
        self.outcome = outcome
        reason = why?.code
        switch why {
        case .notNow(let name):
            (self.grant, denial) = (grant ?? name, nil)
        case .denied(let name):
            (self.grant, denial) = (grant, name)
        case .nobodyMay, .noGrantMatches, nil:
            (self.grant, denial) = (grant, nil)
        }
    }
}

extension PolicyOutcome: CustomStringConvertible {
    package var description: String { Self.words(outcome, grant: grant, reason: reason, denial: denial) }

    static func words(_ outcome: PolicyCase.Outcome, grant: String?, reason: String?, denial: String?) -> String {
        let details = [
            grant.map { "grant \($0)" }, reason.map { "reason \($0)" }, denial.map { "denial \($0)" },
        ]
        let known = details.compactMap(\.self)
        return known.isEmpty ? outcome.rawValue : "\(outcome.rawValue) (\(known.joined(separator: ", ")))"
    }
}

extension PolicyCase.Expectation: CustomStringConvertible {
    package var description: String {
        PolicyOutcome.words(outcome, grant: grant, reason: reason, denial: denial)
    }
}
