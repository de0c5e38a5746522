/// The grants of one profile, or of one resource of the instance.
struct GrantIndex: Sendable {
    private(set) var patterns = PatternIndex()
    /// Grants that do not hold at all times.
    private(set) var timed: [Int] = []
    /// Grants that only observe.
    private(set) var observing: [Int] = []

    mutating func add(_ grant: Grant, at index: Int) {
        for pattern in grant.workloads { patterns.add(pattern, owner: index) }
        if !grant.validity.isUnlimited { timed.append(index) }
        // One that names sinks or rotations and no workloads says nothing about workloads.
        if grant.mode == .observe, !grant.isForTheDaemon || !grant.workloads.isEmpty { observing.append(index) }
    }
}

extension [Int?] {
    /// The least number that is there.
    var least: Int? { compactMap(\.self).min() }
}
