/// One thing that is asked of a workload.
package enum Selector: Sendable, Hashable {
    /// The user, by name in the policy and by number when it is compared.
    case user(UInt32, name: String?)
    /// A group: the primary one or any supplementary one.
    case group(UInt32, name: String?)
    /// The user from whose login the process comes.
    case loginUser(UInt32, name: String?)
    /// The absolute path of the executable.
    case executable(String)
    /// The SHA-256 of the executable's content, 64 hexadecimal digits in lower case.
    case sha256(String)
    case unit(String)
    /// A slice, the innermost or any around it.
    case slice(String)
    /// The full ID of a container, 64 hexadecimal digits in lower case.
    case container(String)
    /// The UID of a Kubernetes pod, a UUID in lower case.
    case pod(String)
    /// The label of the security module.
    case label(String)
}

/// How a selector and a workload compare.
package enum Comparison: Sendable, Hashable {
    case same
    case different
    /// The fact is not known. Never enough for a grant, always enough for a denial.
    case undetermined
}

extension Selector {
    package func compare(with workload: Workload) -> Comparison {
        switch self {
        case .user(let id, name: _): workload.userID == id ? .same : .different
        case .group(let id, name: _): Self.compare(group: id, with: workload)
        case .loginUser(let id, name: _): Self.compare(id, workload.loginUserID)
        case .executable(let path): Self.compare(path, workload.executable)
        case .sha256(let digest): Self.compare(digest, workload.sha256)
        case .unit(let name): Self.compare(name, workload.unit)
        case .slice(let name): Self.compare(name, among: workload.slices)
        case .container(let id): Self.compare(id, workload.container)
        case .pod(let id): Self.compare(id, workload.pod)
        case .label(let label): Self.compare(label, workload.label)
        }
    }

    private static func compare(group: UInt32, with workload: Workload) -> Comparison {
        switch (compare(group, workload.groupID), compare(group, among: workload.groups)) {
        case (.same, _), (_, .same): .same
        case (.undetermined, _), (_, .undetermined): .undetermined
        case (.different, .different): .different
        }
    }

    // Strings by their bytes: Swift's own equality takes different bytes for the same character.
    private static func compare(_ wanted: String, _ fact: Fact<String>) -> Comparison {
        switch fact {
        case .known(let value): value.utf8.elementsEqual(wanted.utf8) ? .same : .different
        case .none: .different
        case .unknown: .undetermined
        }
    }

    private static func compare(_ wanted: UInt32, _ fact: Fact<UInt32>) -> Comparison {
        switch fact {
        case .known(let value): value == wanted ? .same : .different
        case .none: .different
        case .unknown: .undetermined
        }
    }

    private static func compare(_ wanted: String, among fact: Fact<[String]>) -> Comparison {
        switch fact {
        case .known(let values): values.contains { $0.utf8.elementsEqual(wanted.utf8) } ? .same : .different
        case .none: .different
        case .unknown: .undetermined
        }
    }

    private static func compare(_ wanted: UInt32, among fact: Fact<[UInt32]>) -> Comparison {
        switch fact {
        case .known(let values): values.contains(wanted) ? .same : .different
        case .none: .different
        case .unknown: .undetermined
        }
    }
}

/// Selectors that must all hold: one entry of `workloads:`.
package struct WorkloadPattern: Sendable, Hashable {
    package let selectors: [Selector]

    package init(selectors: [Selector]) {
        self.selectors = selectors
    }

    /// Whether a grant may rely on this pattern: every selector is known to hold, and there is at least one.
    package func certainlyMatches(_ workload: Workload) -> Bool {
        !selectors.isEmpty && selectors.allSatisfy { $0.compare(with: workload) == .same }
    }

    /// Whether a denial must apply: no selector is known not to hold, and there is at least one.
    package func possiblyMatches(_ workload: Workload) -> Bool {
        !selectors.isEmpty && selectors.allSatisfy { $0.compare(with: workload) != .different }
    }
}
