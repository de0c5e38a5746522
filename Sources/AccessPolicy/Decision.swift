package import FoundationEssentials

/// What the policy says to one workload about one profile.
package enum Decision: Sendable, Equatable {
    case permit(Permit)
    case deny(DenialReason)
}

/// The policy's permission to hand tokens of ``profile`` to a workload.
///
/// Only ``Policy`` makes one.
package struct Permit: Sendable, Equatable {
    package let profile: ProfileName
    /// The name of the grant that permits.
    package let grant: String
    /// How often; `nil`: as often as the workload likes.
    package let rate: Rate?
    /// The most seconds that the caller's `min_ttl` counts for.
    package let largestMinimumTTL: Int?
    /// What the decision would be if everything was enforced: somebody only observes.
    package let observed: DenialReason?
    /// Whether the grant only observes: then its rate is not enforced either.
    package let isObserving: Bool
    /// The times between which the decision stays the same.
    private let validity: Range<Date>

    init(_ grant: Grant, for profile: ProfileName, observed: DenialReason?, validity: Range<Date>) {
        self.profile = profile
        self.grant = grant.name
        rate = grant.rate
        largestMinimumTTL = grant.largestMinimumTTL
        self.observed = observed
        isObserving = grant.mode == .observe
        self.validity = validity
    }

    /// The first instant at which the decision may be another.
    package var settledUntil: Date { validity.upperBound }

    /// Whether the decision is known to be the same at `now`; otherwise the policy must be asked again.
    package func holds(at now: Date) -> Bool { validity.contains(now) }

    /// The caller's `min_ttl`, as far as the grant lets it count.
    package func minimumTTL(asked: Int) -> Int { largestMinimumTTL.map { min($0, asked) } ?? asked }
}

/// Why a workload is refused.
package enum DenialReason: Sendable, Hashable {
    /// No grant gives the profile to anybody, or there is no such profile. Which of the two is nobody's business.
    case nobodyMay
    /// Grants exist for the profile and none names this workload.
    case noGrantMatches
    /// A grant names this workload, but does not hold at this time.
    case notNow(grant: String)
    /// A denial names this workload, or might: facts about it that the denial asks for are unknown.
    case denied(by: String)
}

extension DenialReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .nobodyMay: "no grant gives this profile to anybody"
        case .noGrantMatches: "no grant for this profile names this workload"
        case .notNow(let name): "the grant '\(name)' names this workload, but does not hold at this time"
        case .denied(let name): "the denial '\(name)' applies to this workload"
        }
    }

    /// For programs: one word for each kind of reason.
    package var code: String {
        switch self {
        case .nobodyMay: "nobody_may"
        case .noGrantMatches: "no_grant_matches"
        case .notNow: "not_now"
        case .denied: "denied"
        }
    }
}
