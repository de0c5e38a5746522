/// The answer to `GET /v1/explain` and `GET /v1/decisions/ID` on the admin socket: why somebody got a token, or did not.
///
/// It holds no secrets.
package struct ExplainResponse: Codable, Sendable, Equatable {
    /// `permit`, `deny` or `observe` (permitted, and would be denied if everything was enforced).
    package var decision: String
    /// What the decision rests on, for programs: `granted`, `nobody_may`, `no_grant_matches`, `not_now`, `denied`,
    /// `rate_limited`, `not_attested` or `observed`.
    package var reason: String
    /// The same for people.
    package var message: String
    /// The decision that is explained; absent when it was taken just now.
    package var id: String?
    /// How often the same was asked and answered since ``firstAt``.
    package var count: Int?
    /// Seconds since 1970.
    package var firstAt: Int?
    package var lastAt: Int?
    package var profile: String?
    /// The generation of the policy that ``grants`` and ``denials`` are of.
    package var policy: UInt64
    /// Set when the policy that decided is not kept any more: its generation.
    package var decidedByPolicy: UInt64?
    /// What was seen of the process; empty when it could not be attested.
    package var workload: [Fact]
    /// The denials that apply.
    package var denials: [Subject]
    /// The grants of the profile, the nearest first.
    package var grants: [Subject]

    package struct Fact: Codable, Sendable, Equatable {
        package var name: String
        /// Absent when there is none, or when it is unknown.
        package var value: String?
        /// Why it is unknown.
        package var unknown: String?

        package init(name: String, value: String? = nil, unknown: String? = nil) {
            (self.name, self.value, self.unknown) = (name, value, unknown)
        }
    }

    /// A grant or denial.
    package struct Subject: Codable, Sendable, Equatable {
        package var name: String
        /// File and line.
        package var place: String
        /// `enforce` or `observe`.
        package var mode: String
        /// Whether it holds at this time.
        package var holdsNow: Bool
        /// The nearest first.
        package var patterns: [Pattern]

        enum CodingKeys: String, CodingKey {
            case name, place, mode, patterns
            case holdsNow = "holds_now"
        }

        package init(name: String, place: String, mode: String, holdsNow: Bool, patterns: [Pattern]) {
            (self.name, self.place, self.mode) = (name, place, mode)
            (self.holdsNow, self.patterns) = (holdsNow, patterns)
        }
    }

    package struct Pattern: Codable, Sendable, Equatable {
        package var selectors: [Selector]

        package init(selectors: [Selector]) {
            self.selectors = selectors
        }
    }

    package struct Selector: Codable, Sendable, Equatable {
        package var name: String
        package var wanted: String
        /// `same`, `different` or `unknown`.
        package var result: String

        package init(name: String, wanted: String, result: String) {
            (self.name, self.wanted, self.result) = (name, wanted, result)
        }
    }

    enum CodingKeys: String, CodingKey {
        case decision, reason, message, id, count, profile, policy, workload, denials, grants
        case firstAt = "first_at"
        case lastAt = "last_at"
        case decidedByPolicy = "decided_by_policy"
    }

    package init(
        decision: String,
        reason: String,
        message: String,
        profile: String?,
        policy: UInt64,
        workload: [Fact] = [],
        denials: [Subject] = [],
        grants: [Subject] = []
    ) {
        (self.decision, self.reason, self.message) = (decision, reason, message)
        (self.profile, self.policy) = (profile, policy)
        (self.workload, self.denials, self.grants) = (workload, denials, grants)
    }
}
