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
}

/// Why a workload is refused.
package enum DenialReason: Sendable, Equatable {
    /// No grant gives the profile to anybody, or there is no such profile. Which of the two is nobody's business.
    case nobodyMay
    /// Grants exist for the profile and none names this workload.
    case noGrantMatches
    /// A denial names this workload, or might: facts about it that the denial asks for are unknown.
    case denied(by: String)
}

extension DenialReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .nobodyMay: "no grant gives this profile to anybody"
        case .noGrantMatches: "no grant for this profile names this workload"
        case .denied(let name): "the denial '\(name)' applies to this workload"
        }
    }
}
