import BrokerMetrics
import Testing

/// Rules of prometheus.io, "Metric and label naming", and our own.
struct MetricCatalogueTests {
    @Test
    func everyNameIsThereOnce() {
        let names = MetricCatalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count <= 64, "metrics_folded_total has a place for 64 names")
    }

    @Test(arguments: MetricCatalogue.all)
    func aNameSaysWhatItMeasures(family: MetricFamily) throws {
        #expect(family.name.wholeMatch(of: /(iam_broker|process)_[a-z][a-z0-9_]*/) != nil)
        #expect(family.name.hasSuffix("_total") == (family.kind == .counter))
        let base = family.kind == .counter ? String(family.name.dropLast("_total".count)) : family.name
        switch family.unit {
        case .seconds: #expect(base.hasSuffix("_seconds") && !base.hasSuffix("_timestamp_seconds"))
        case .timestamp:
            // The one that all programs have is older than the rule.
            #expect(base.hasSuffix("_timestamp_seconds") || base == "process_start_time_seconds")
        case .bytes: #expect(base.hasSuffix("_bytes"))
        case .truth, .number: #expect(!base.hasSuffix("_seconds") && !base.hasSuffix("_bytes"))
        }
        #expect(family.help.hasSuffix(".") && family.help.count > 15)
        // It stands in a cell of a table.
        #expect(!family.help.contains("|") && !family.help.contains("\n"))
    }

    @Test(arguments: MetricCatalogue.all)
    func labelsHaveBoundsAndLegalNames(family: MetricFamily) {
        #expect(Set(family.labels.map(\.name)).count == family.labels.count)
        for label in family.labels {
            #expect(label.name.wholeMatch(of: /[a-z][a-z_]*/) != nil)
            #expect(!["le", "quantile", "job", "instance"].contains(label.name), "Prometheus sets that itself")
            switch label.values {
            case .these(let words):
                #expect(!words.isEmpty && Set(words).count == words.count)
                #expect(!words.contains(MetricLabel.other))
            case .configured(let things): #expect(!things.isEmpty)
            case .upTo(let most, _): #expect((1...MetricRegistry.usualSeries).contains(most))
            }
        }
    }

    @Test(arguments: MetricCatalogue.all)
    func boundsOfHistogramsAscend(family: MetricFamily) {
        guard case .histogram(let bounds) = family.kind else { return }
        #expect(!bounds.isEmpty && bounds == Set(bounds).sorted() && bounds.allSatisfy(\.isFinite))
    }
}
