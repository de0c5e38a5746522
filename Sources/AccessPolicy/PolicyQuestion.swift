package import FoundationEssentials

/// What a policy can be asked about.
package enum PolicyQuestion: Sendable, Hashable {
    /// A token of this profile.
    case profile(ProfileName)
    case resource(InstanceResource)
}

extension PolicyQuestion: CustomStringConvertible {
    package var description: String {
        switch self {
        case .profile(let name): "the profile '\(name)'"
        case .resource(let resource): "\(resource)"
        }
    }
}

extension Policy {
    /// What the policy says to `workload` about `question`, in the words of policy tests.
    package func outcome(_ workload: Workload, _ question: PolicyQuestion, at now: Date) -> PolicyOutcome {
        switch question {
        case .profile(let name): PolicyOutcome(decide(workload, name, at: now))
        case .resource(let resource): PolicyOutcome(decide(workload, resource, at: now))
        }
    }
}
