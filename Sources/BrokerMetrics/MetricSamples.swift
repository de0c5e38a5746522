/// The values of one metric by their labels, in a bounded number.
///
/// What comes when there is no more room is counted: into the set of labels that all are ``MetricLabel/other`` if it is a count, and
/// not at all otherwise, because gauges of different things add up to nothing.
struct MetricSamples<Value> {
    private(set) var values: [[String]: Value] = [:]
    /// How often there was no room.
    private(set) var folded: UInt64 = 0

    enum Place: Equatable {
        case at([String])
        case nowhere
    }

    /// Where a value with these labels belongs; `nowhere` also when their number is wrong.
    mutating func place(_ labels: [String], of family: MetricFamily, most: Int) -> Place {
        guard labels.count == family.labels.count else { return .nowhere }
        let key = zip(family.labels, labels).map { $0.admitted($1) }
        if key != labels { folded &+= 1 }
        let others = key.map { _ in MetricLabel.other }
        // The set that stands for others takes nobody's place.
        let count = values.count - (values[others] == nil ? 0 : 1)
        guard values[key] == nil, key != others || key.isEmpty, count >= most else { return .at(key) }
        folded &+= 1
        guard case .gauge = family.kind else { return .at(others) }
        return .nowhere
    }

    subscript(labels: [String]) -> Value? {
        get { values[labels] }
        set { values[labels] = newValue }
    }
}
