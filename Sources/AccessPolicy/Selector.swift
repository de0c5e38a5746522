/// One thing that is asked of a workload.
package enum Selector: Sendable, Hashable {
    /// The user, by name in the policy and by number when it is compared.
    case user(UInt32, name: String?)
    /// A group: the primary one or any supplementary one.
    case group(UInt32, name: String?)
    /// The absolute path of the executable.
    case executable(String)
}

/// How a selector and a workload compare.
enum Comparison {
    case same
    case different
    /// The fact is not known. Never enough for a grant, always enough for a denial.
    case undetermined
}

extension Selector {
    func compare(with workload: Workload) -> Comparison {
        switch self {
        case .user(let id, name: _):
            return workload.userID == id ? .same : .different
        case .group(let id, name: _):
            if workload.groupID == id { return .same }
            guard let groups = workload.groups else { return .undetermined }
            return groups.contains(id) ? .same : .different
        case .executable(let path):
            guard let executable = workload.executable else { return .undetermined }
            return executable == path ? .same : .different
        }
    }
}

/// Selectors that must all hold: one entry of `workloads:`.
package struct WorkloadPattern: Sendable, Hashable {
    package let selectors: [Selector]

    /// Whether a grant may rely on this pattern: every selector is known to hold, and there is at least one.
    func certainlyMatches(_ workload: Workload) -> Bool {
        !selectors.isEmpty && selectors.allSatisfy { $0.compare(with: workload) == .same }
    }

    /// Whether a denial must apply: no selector is known not to hold, and there is at least one.
    func possiblyMatches(_ workload: Workload) -> Bool {
        !selectors.isEmpty && selectors.allSatisfy { $0.compare(with: workload) != .different }
    }
}
