/// Counts durations in buckets whose width grows with the duration: at most 1.6 % of error, a fixed amount of memory.
struct LatencyHistogram {
    private(set) var count = 0
    private(set) var maximum: Int64 = 0
    private var buckets = [Int](repeating: 0, count: 36 * subBuckets)

    /// Buckets for each doubling of the duration.
    private static let subBuckets = 64

    /// Counts one duration of `nanoseconds`; what is longer than a minute counts as the longest there is a bucket for.
    mutating func record(_ nanoseconds: Int64) {
        count += 1
        maximum = max(maximum, nanoseconds)
        buckets[min(Self.index(UInt64(max(0, nanoseconds))), buckets.count - 1)] += 1
    }

    /// The duration in nanoseconds that `fraction` of all durations do not exceed.
    func percentile(_ fraction: Double) -> Int64 {
        let rank = max(1, Int((Double(count) * fraction).rounded(.up)))
        var seen = 0
        for (index, bucket) in buckets.enumerated() {
            seen += bucket
            if seen >= rank { return min(Self.upperBound(index), maximum) }
        }
        return maximum
    }

    private static func index(_ value: UInt64) -> Int {
        guard value >= UInt64(subBuckets) else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - 6
        return (shift + 1) * subBuckets + Int(value >> UInt64(shift)) - subBuckets
    }

    private static func upperBound(_ index: Int) -> Int64 {
        guard index >= subBuckets else { return Int64(index) }
        let shift = index / subBuckets - 1
        return Int64(index % subBuckets + subBuckets + 1) << Int64(shift) - 1
    }
}
