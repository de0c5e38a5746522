/// What one series says at this moment.
package enum MetricValue: Sendable, Equatable {
    case number(Double)
    case histogram(Histogram)

    /// How many values there were, by size.
    package struct Histogram: Sendable, Equatable {
        /// Ascending.
        package let bounds: [Double]
        /// For each bound the values that are not larger than it and larger than the one before, and last those beyond all.
        package private(set) var counts: [UInt64]
        package private(set) var sum: Double = 0

        package init(bounds: [Double]) {
            self.bounds = bounds
            counts = Array(repeating: 0, count: bounds.count + 1)
        }

        package var count: UInt64 { counts.reduce(0, &+) }

        package mutating func record(_ value: Double) {
            // What is no number would make the sum none for ever.
            guard value.isFinite else { return }
            counts[bounds.firstIndex { value <= $0 } ?? bounds.count] &+= 1
            sum += value
        }

        /// Both together, where their bounds are the same.
        func adding(_ other: Histogram) -> Histogram {
            guard bounds == other.bounds else { return self }
            var both = self
            for (index, count) in other.counts.enumerated() { both.counts[index] &+= count }
            both.sum += other.sum
            return both
        }
    }

    /// What two series are that got the same labels: counts add up, and of gauges the later one counts.
    func joined(with later: MetricValue, _ kind: MetricFamily.Kind) -> MetricValue {
        switch (self, later, kind) {
        case (.number(let first), .number(let second), .counter): .number(first + second)
        case (.histogram(let first), .histogram(let second), _): .histogram(first.adding(second))
        default: later
        }
    }
}
