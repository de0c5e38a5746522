/// All grants and denials, compiled: who may have which profile.
///
/// The default is deny: an empty policy permits nothing to anybody.
package struct Policy: Sendable {
    private let grants: [ProfileName: [Grant]]
    private let denials: [Denial]
    /// The executables that selectors name: attestation need not look at any other.
    package let executables: Set<String>

    package init(_ documents: [PolicyDocument] = []) {
        var grants: [ProfileName: [Grant]] = [:]
        for grant in documents.flatMap(\.grants) {
            for profile in grant.profiles { grants[profile, default: []].append(grant) }
        }
        self.grants = grants
        denials = documents.flatMap(\.denials)
        let patterns = documents.flatMap { $0.grants.flatMap(\.workloads) + $0.denials.flatMap(\.workloads) }
        executables = Set(
            patterns.flatMap(\.selectors)
                .compactMap { selector in
                    if case .executable(let path) = selector { path } else { nil }
                }
        )
    }

    /// Decides.
    ///
    /// Denials win over grants; of the grants the first that matches is named in the permit.
    package func decide(_ workload: Workload, _ profile: ProfileName) -> Decision {
        if let denial = denials.first(where: { $0.applies(to: workload) }) { return .deny(.denied(by: denial.name)) }
        guard let candidates = grants[profile] else { return .deny(.nobodyMay) }
        guard let grant = candidates.first(where: { $0.names(workload) }) else { return .deny(.noGrantMatches) }
        return .permit(Permit(profile: profile, grant: grant.name))
    }

    /// The profiles that `workload` may have, sorted by name.
    package func profiles(for workload: Workload) -> [ProfileName] {
        grants.keys
            .filter { profile in
                if case .permit = decide(workload, profile) { true } else { false }
            }
            .sorted { $0.rawValue < $1.rawValue }
    }
}

/// Workloads that may have profiles.
package struct Grant: Sendable, Equatable {
    package let name: String
    package let profiles: [ProfileName]
    package let workloads: [WorkloadPattern]

    func names(_ workload: Workload) -> Bool { workloads.contains { $0.certainlyMatches(workload) } }
}

/// Workloads that may have nothing, whatever grants say.
package struct Denial: Sendable, Equatable {
    package let name: String
    package let workloads: [WorkloadPattern]

    func applies(to workload: Workload) -> Bool { workloads.contains { $0.possiblyMatches(workload) } }
}
