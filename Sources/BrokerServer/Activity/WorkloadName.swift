package import AccessPolicy

/// What operators know a workload by: the most telling of the facts that policy asks for, and its user.
///
/// Processes come and go; those that do the same job have the same name.
package struct WorkloadName: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case unit, pod, container, executable, user
    }

    package let kind: Kind
    /// The unit, pod, container or path; empty for ``Kind/user``.
    ///
    /// Somebody else chose it: escape it before it is shown.
    package let text: String
    package let userID: UInt32

    package init(_ workload: Workload) {
        userID = workload.userID
        let facts: [(Kind, Fact<String>)] = [
            (.unit, workload.unit), (.pod, workload.pod), (.container, workload.container),
            (.executable, workload.executable),
        ]
        let known = facts.lazy.compactMap { kind, fact in fact.value.map { (kind, $0) } }.first
        (kind, text) = known ?? (.user, "")
    }
}
