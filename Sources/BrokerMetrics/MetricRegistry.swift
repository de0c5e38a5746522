package import CoreMetrics
internal import Synchronization

/// Keeps what is counted and timed while the daemon works, in a bounded number of series.
///
/// It is the backend of swift-metrics for the metrics of the catalogue; what the catalogue does not know, or knows otherwise, is not
/// kept, and that is counted, too. ``page(_:)`` adds what is only looked up when somebody asks.
package final class MetricRegistry: Sendable {
    private struct Protected {
        var series: [String: MetricSamples<any RecordedSeries>] = [:]
        var unknown: UInt64 = 0
    }

    private let families: [String: MetricFamily]
    private let order: [MetricFamily]
    private let mostSeries: Int
    private let protected = Mutex(Protected())

    /// Sets of labels that one metric may have.
    package static let usualSeries = 2_000

    /// - Parameters:
    ///   - catalogue: all metrics there are; of two with the same name the first counts.
    ///   - mostSeries: how many sets of labels each of them may have, beside the one that stands for all others.
    package init(_ catalogue: [MetricFamily] = MetricCatalogue.all, mostSeries: Int = MetricRegistry.usualSeries) {
        order = catalogue
        families = Dictionary(catalogue.map { ($0.name, $0) }) { first, _ in first }
        self.mostSeries = mostSeries
    }

    /// The series of a metric; `nil` when it is none of the catalogue, or has other labels there, or there is no room.
    private func series<Series: RecordedSeries>(
        _ name: String,
        _ dimensions: [(String, String)],
        _ make: (MetricFamily) -> Series?
    ) -> Series? {
        let given = Dictionary(dimensions) { first, _ in first }
        guard let family = families[name], given.count == dimensions.count, let new = make(family),
            Set(family.labels.map(\.name)) == Set(given.keys)
        else {
            protected.withLock { $0.unknown &+= 1 }
            return nil
        }
        let labels = family.labels.compactMap { given[$0.name] }
        let most = family.mostSeries(usual: mostSeries)
        return protected.withLock { protected in
            guard case .at(let key) = protected.series[name, default: .init()].place(labels, of: family, most: most)
            else { return nil }
            if let known = protected.series[name]?[key] { return known as? Series }
            protected.series[name]?[key] = new
            return new
        }
    }

    /// Everything in the text format of Prometheus, in the order of the catalogue; `collect` adds what is looked up now.
    package func page(_ collect: (inout MetricCollection) -> Void) -> String {
        var collection = MetricCollection(mostSeries: mostSeries)
        collect(&collection)
        let recorded = protected.withLock { $0 }
        for (name, samples) in recorded.series {
            guard let family = families[name] else { continue }
            for (labels, series) in samples.values { collection.add(family, labels, series.value) }
            collection.fold(name, samples.folded)
        }
        let folded = collection.folded
        // Also 0: otherwise the first time would not be seen as a change.
        for family in order where !family.isClosed {
            collection.add(.metricsFolded, [family.name], .number(Double(folded[family.name] ?? 0)))
        }
        collection.add(.metricsUnknown, [], .number(Double(recorded.unknown &+ collection.unknown)))
        return collection.text(order)
    }
}

extension MetricRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { $0.kind == .counter ? CountSeries() : nil } ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions) { $0.kind == .gauge ? GaugeSeries() : nil } ?? NOOPMetricsHandler.instance
    }

    /// A gauge when only the last value counts, a histogram otherwise.
    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else {
            return series(label, dimensions) { $0.kind == .gauge ? GaugeSeries() : nil } ?? NOOPMetricsHandler.instance
        }
        return series(label, dimensions, HistogramSeries.init) ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, HistogramSeries.init) ?? NOOPMetricsHandler.instance
    }

    // Series stay: what was counted is not forgotten when nobody counts any more, and their number is bounded.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
