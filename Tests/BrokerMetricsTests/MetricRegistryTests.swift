import CoreMetrics
import Testing

@testable import BrokerMetrics

struct MetricRegistryTests {
    private static let calls = MetricFamily(
        "calls_total",
        .counter,
        .number,
        [MetricLabel("who", .configured("people")), MetricLabel("how", .these(["well", "badly"]))],
        help: "Calls."
    )
    private static let sizes = MetricFamily("sizes_bytes", .histogram(bounds: [1, 2.5]), .bytes, help: "Sizes.")
    private static let level = MetricFamily(
        "level",
        .gauge,
        .number,
        [MetricLabel("who", .configured("people"))],
        help: "Level."
    )
    private static let times = MetricFamily("times_seconds", .histogram(bounds: [0.5]), .seconds, help: "Times.")
    private static let catalogue = [calls, sizes, level, times, .metricsFolded, .metricsUnknown]

    private func registry(mostSeries: Int = 100) -> MetricRegistry {
        MetricRegistry(Self.catalogue, mostSeries: mostSeries)
    }

    /// The lines that are no comments, without those about the metrics themselves when they say nothing.
    private func lines(_ registry: MetricRegistry, _ collect: (inout MetricCollection) -> Void = { _ in }) -> [String] {
        registry.page(collect).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") && !($0.hasPrefix("iam_broker_metrics_") && $0.hasSuffix(" 0")) }
    }

    @Test
    func servesWhatWasCountedInTheFormatOfPrometheus() {
        let registry = registry()
        let counter = Counter(label: "calls_total", dimensions: [("how", "well"), ("who", "ann")], factory: registry)
        counter.increment()
        counter.increment(by: 2)
        #expect(
            registry.page { _ in } == """
                # HELP calls_total Calls.
                # TYPE calls_total counter
                calls_total{who="ann",how="well"} 3
                # HELP iam_broker_metrics_folded_total Values that were counted under the label (other), or not at all, because a metric had too many labels.
                # TYPE iam_broker_metrics_folded_total counter
                iam_broker_metrics_folded_total{metric="calls_total"} 0
                iam_broker_metrics_folded_total{metric="iam_broker_metrics_folded_total"} 0
                iam_broker_metrics_folded_total{metric="level"} 0
                # HELP iam_broker_metrics_unknown_total Metrics that are not in the catalogue and were not kept: a mistake in the daemon.
                # TYPE iam_broker_metrics_unknown_total counter
                iam_broker_metrics_unknown_total 0

                """
        )
    }

    @Test
    func aCounterNeverShrinks() {
        let registry = registry()
        let counter = Counter(label: "calls_total", dimensions: [("who", "ann"), ("how", "well")], factory: registry)
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(lines(registry) == [#"calls_total{who="ann",how="well"} 5"#])
    }

    @Test
    func equalLabelsAreOneSeriesInAnyOrder() {
        let registry = registry()
        Counter(label: "calls_total", dimensions: [("who", "ann"), ("how", "well")], factory: registry).increment()
        Counter(label: "calls_total", dimensions: [("how", "well"), ("who", "ann")], factory: registry).increment()
        #expect(lines(registry) == [#"calls_total{who="ann",how="well"} 2"#])
    }

    @Test(arguments: [
        (0.0, [1, 1, 1]), (1.0, [1, 1, 1]), (1.0001, [0, 1, 1]), (2.5, [0, 1, 1]), (2.6, [0, 0, 1]),
    ])
    func aBucketCountsWhatIsNotLargerThanItsBound(value: Double, counts: [Int]) {
        let registry = registry()
        Recorder(label: "sizes_bytes", factory: registry).record(value)
        #expect(
            lines(registry).prefix(3) == [
                #"sizes_bytes_bucket{le="1"} \#(counts[0])"#, #"sizes_bytes_bucket{le="2.5"} \#(counts[1])"#,
                #"sizes_bytes_bucket{le="+Inf"} \#(counts[2])"#,
            ]
        )
    }

    @Test
    func aHistogramHasItsSumAndItsCount() {
        let registry = registry()
        let recorder = Recorder(label: "sizes_bytes", factory: registry)
        for value in [1.0, 2, 4.5, .nan, .infinity] { recorder.record(value) }
        #expect(lines(registry).suffix(2) == ["sizes_bytes_sum 7.5", "sizes_bytes_count 3"])
    }

    @Test
    func timesAreServedInSeconds() {
        let registry = registry()
        Timer(label: "times_seconds", factory: registry).recordMilliseconds(250)
        #expect(
            lines(registry) == [
                #"times_seconds_bucket{le="0.5"} 1"#, #"times_seconds_bucket{le="+Inf"} 1"#, "times_seconds_sum 0.25",
                "times_seconds_count 1",
            ]
        )
    }

    @Test
    func ofAGaugeTheLastValueCounts() {
        let registry = registry()
        let meter = Meter(label: "level", dimensions: [("who", "ann")], factory: registry)
        meter.set(5)
        meter.increment(by: 2)
        meter.decrement(by: 4)
        Gauge(label: "level", dimensions: [("who", "bob")], factory: registry).record(-1)
        #expect(lines(registry) == [#"level{who="ann"} 3"#, #"level{who="bob"} -1"#])
    }

    private static let strangers: [(String, [(String, String)])] = [
        ("nobody_knows", []), ("calls_total", [("who", "ann")]), ("calls_total", [("who", "ann"), ("when", "now")]),
        ("calls_total", [("who", "a"), ("who", "b"), ("how", "well")]), ("level", [("who", "ann")]),
        ("sizes_bytes", []),
    ]

    @Test(arguments: strangers)
    func whatTheCatalogueDoesNotKnowIsNotKeptButCounted(name: String, dimensions: [(String, String)]) {
        let registry = registry()
        Counter(label: name, dimensions: dimensions, factory: registry).increment()
        #expect(lines(registry) == ["iam_broker_metrics_unknown_total 1"])
    }

    // MARK: Bounds

    @Test
    func countsBeyondTheLimitAreCountedAsOthers() {
        let registry = registry(mostSeries: 2)
        for name in ["a", "b", "c", "d", "a"] {
            Counter(label: "calls_total", dimensions: [("who", name), ("how", "well")], factory: registry).increment()
        }
        #expect(
            lines(registry) == [
                #"calls_total{who="(other)",how="(other)"} 2"#, #"calls_total{who="a",how="well"} 2"#,
                #"calls_total{who="b",how="well"} 1"#, #"iam_broker_metrics_folded_total{metric="calls_total"} 2"#,
            ]
        )
    }

    @Test
    func gaugesBeyondTheLimitAreLeftOutAndCounted() {
        let registry = registry(mostSeries: 1)
        let found = lines(registry) { collection in
            for name in ["a", "b"] { collection.add(Self.level, name, value: 1) }
        }
        #expect(found == [#"level{who="a"} 1"#, #"iam_broker_metrics_folded_total{metric="level"} 1"#])
    }

    @Test
    func whatIsLookedUpIsBoundedLikeWhatIsRecorded() {
        let registry = registry(mostSeries: 2)
        let found = lines(registry) { collection in
            for name in ["a", "b", "c", "d"] { collection.add(Self.calls, name, "well", value: 5) }
        }
        #expect(
            found == [
                #"calls_total{who="(other)",how="(other)"} 10"#, #"calls_total{who="a",how="well"} 5"#,
                #"calls_total{who="b",how="well"} 5"#, #"iam_broker_metrics_folded_total{metric="calls_total"} 2"#,
            ]
        )
    }

    @Test
    func aLabelHasNoMoreValuesThanTheCatalogueSays() {
        let family = MetricFamily("k", .gauge, .number, [MetricLabel("id", .upTo(2, of: "ids"))], help: "Keys.")
        let page = MetricRegistry([family])
            .page { collection in
                for id in ["a", "b", "c", "a"] { collection.add(family, id, value: 1) }
            }
        #expect(page.hasSuffix("k{id=\"a\"} 1\nk{id=\"b\"} 1\n"))
    }

    @Test(arguments: [
        ("ann", "so so", "ann", "(other)"), (String(repeating: "x", count: 129), "well", "(other)", "well"),
        ("a\u{1B}[2J", "well", "(other)", "well"), ("a\u{9B}2J", "badly", "(other)", "badly"),
        (String(repeating: "x", count: 128), "well", String(repeating: "x", count: 128), "well"),
    ])
    func aValueThatIsNotAllowedCountsAsOther(who: String, how: String, servedWho: String, servedHow: String) {
        let registry = registry()
        Counter(label: "calls_total", dimensions: [("who", who), ("how", how)], factory: registry).increment()
        #expect(lines(registry).first == #"calls_total{who="\#(servedWho)",how="\#(servedHow)"} 1"#)
        let isFolded = (who, how) != (servedWho, servedHow)
        #expect(lines(registry).contains(#"iam_broker_metrics_folded_total{metric="calls_total"} 1"#) == isFolded)
    }

    // MARK: Text

    @Test
    func quotesAndBackslashesAreEscaped() {
        let family = MetricFamily("m", .gauge, .number, [MetricLabel("l", .configured("x"))], help: "a\\b\n\"c\"")
        let registry = MetricRegistry([family])
        let page = registry.page { $0.add(family, #"a\b"c""#, value: 1) }
        #expect(page == "# HELP m a\\\\b\\n\"c\"\n# TYPE m gauge\nm{l=\"a\\\\b\\\"c\\\"\"} 1\n")
        #expect(PrometheusText.escaped("a\nb", quotes: true) == "a\\nb")
    }

    @Test(arguments: [
        (0.0, "0"), (-3.0, "-3"), (1.5, "1.5"), (1e15, "1000000000000000"), (0x1p53, "9007199254740992.0"),
        (1e300, "1e+300"), (Double.infinity, "+Inf"), (-Double.infinity, "-Inf"), (Double.nan, "NaN"),
    ])
    func numbersAreWrittenAsPrometheusReadsThem(number: Double, text: String) {
        #expect(PrometheusText.number(number) == text)
    }

    @Test
    func aStateIsOneOfAll() {
        let family = MetricFamily(
            "s",
            .gauge,
            .truth,
            [MetricLabel("who", .configured("people")), MetricLabel("state", .these(["up", "down"]))],
            help: "State."
        )
        let registry = MetricRegistry([family])
        func page(_ state: String) -> [String] { lines(registry) { $0.add(family, "ann", state: state) } }
        #expect(page("down") == [#"s{who="ann",state="down"} 1"#, #"s{who="ann",state="up"} 0"#])
        #expect(
            page("sideways") == [
                #"s{who="ann",state="(other)"} 1"#, #"s{who="ann",state="down"} 0"#, #"s{who="ann",state="up"} 0"#,
            ]
        )
    }

    @Test
    func aValueWithTheWrongNumberOfLabelsIsNotServed() {
        #expect(lines(registry()) { $0.add(Self.level, value: 1) } == ["iam_broker_metrics_unknown_total 1"])
    }
}
