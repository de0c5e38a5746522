/// The facts about workloads that the selectors of a policy need: attestation gathers no others.
package struct RequiredFacts: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let groups = RequiredFacts(rawValue: 1 << 0)
    /// ``Workload/label``.
    package static let label = RequiredFacts(rawValue: 1 << 1)
    /// ``Workload/loginUserID``.
    package static let loginUser = RequiredFacts(rawValue: 1 << 2)
    /// ``Workload/executable``.
    package static let executable = RequiredFacts(rawValue: 1 << 3)
    /// ``Workload/sha256``.
    package static let sha256 = RequiredFacts(rawValue: 1 << 4)
    /// ``Workload/unit``, ``Workload/invocation``, ``Workload/slices``, ``Workload/container`` and ``Workload/pod``.
    package static let controlGroup = RequiredFacts(rawValue: 1 << 5)

    package static let all: RequiredFacts = [.groups, .label, .loginUser, .executable, .sha256, .controlGroup]
}
