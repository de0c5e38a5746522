internal import AccessPolicy
internal import FoundationEssentials

/// Why a caller got no token, beside what the policy says: one more reason than ``DenialReason`` for each stage of the gate.
enum Refusal: Sendable, Hashable {
    case policy(DenialReason)
    /// The same for something of the instance.
    case resource(InstanceResource, DenialReason)
    /// The grant permits, but not that often.
    case rate(grant: String, Rate)
    /// Nobody can say who the caller is.
    case attestation(String)
    /// Nothing was refused: it would have been, if the grant or the denial were enforced.
    case observed(grant: String, DenialReason)
}

extension Refusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .policy(let reason): "\(reason)"
        case .resource(let resource, let reason): reason.text(about: resource)
        case .rate(let grant, let rate): "the grant '\(grant)' allows \(rate), and that is used up"
        case .attestation(let reason): "it cannot be told who asks: \(reason)"
        case .observed(let grant, let reason):
            "permitted by '\(grant)', which only observes; otherwise denied: \(reason)"
        }
    }

    /// For programs.
    var code: String {
        switch self {
        case .policy(let reason), .resource(_, let reason): reason.code
        case .rate: "rate_limited"
        case .attestation: "not_attested"
        case .observed: "observed"
        }
    }
}

/// A refusal that can be explained later.
struct DecisionRecord: Sendable {
    let id: String
    /// `nil` when attestation failed.
    let workload: Workload?
    /// `nil` when it was refused before it said what it wants.
    let profile: ProfileName?
    let refusal: Refusal
    /// Of the policy that decided.
    let generation: UInt64
    let firstAt: Date
    var lastAt: Date
    /// How often the same was asked and answered.
    var count = 1
}
