internal import CoreMetrics
internal import Synchronization

/// What is recorded under one set of labels.
protocol RecordedSeries: AnyObject, Sendable {
    var value: MetricValue { get }
}

final class CountSeries: RecordedSeries, CounterHandler {
    private let count = Atomic<UInt64>(0)

    var value: MetricValue { .number(Double(count.load(ordering: .relaxed))) }

    func increment(by amount: Int64) {
        // A counter that shrinks would look like a restart.
        guard amount > 0 else { return }
        count.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    func reset() { count.store(0, ordering: .relaxed) }
}

final class GaugeSeries: RecordedSeries, MeterHandler, RecorderHandler {
    private let last = Mutex(0.0)

    var value: MetricValue { .number(last.withLock { $0 }) }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { last.withLock { $0 = value } }
    func increment(by amount: Double) { last.withLock { $0 += amount } }
    func decrement(by amount: Double) { last.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

final class HistogramSeries: RecordedSeries, TimerHandler, RecorderHandler {
    private let histogram: Mutex<MetricValue.Histogram>

    /// - Returns: `nil` when the metric is no histogram.
    init?(_ family: MetricFamily) {
        guard case .histogram(let bounds) = family.kind else { return nil }
        histogram = Mutex(.init(bounds: bounds))
    }

    var value: MetricValue { .histogram(histogram.withLock { $0 }) }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { histogram.withLock { $0.record(value) } }
    /// Served in seconds, as all times are.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) * 1e-9) }
}
