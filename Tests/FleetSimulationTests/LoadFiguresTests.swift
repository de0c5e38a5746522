import Testing

@testable import FleetSimulation

/// How peak and mean are measured.
struct LoadFiguresTests {
    /// One call in each second but the fortieth, which has eleven.
    private static var record: FleetRecord {
        var record = FleetRecord(seconds: 100)
        for second in 0..<100 { record.exchanges[second] = 1 }
        record.fetches[40] = 10
        return record
    }

    @Test(arguments: [(1, 11.0, 1.1), (10, 2, 1.1), (50, 1.2, 1.1)])
    func thePeakIsTheMeanOfTheWorstWindow(window: Int, peak: Double, mean: Double) throws {
        let figures = try #require(LoadFigures(Self.record, 0..<100, window: window))
        #expect(abs(figures.peak - peak) < 1e-9)
        #expect(abs(figures.mean - mean) < 1e-9)
        #expect(abs(figures.peakToMean - peak / mean) < 1e-9)
    }

    @Test func onlyTheSpanCounts() throws {
        #expect(try #require(LoadFigures(Self.record, 41..<100, window: 1)).peakToMean == 1)
        #expect(try #require(LoadFigures(Self.record, 40..<41, window: 1)).peak == 11)
    }

    @Test(arguments: [(0.0..<5, 10), (200..<300, 10), (5..<5, 1), (0..<100, 0)])
    func aSpanWithoutAWholeWindowHasNoFigures(span: Range<Double>, window: Int) {
        #expect(LoadFigures(Self.record, span, window: window) == nil)
    }

    @Test(arguments: [
        (0.0, "0.00"), (1.005, "1.00"), (1.2, "1.20"), (-0.25, "-0.25"), (213.456, "213.46"), (9.999, "10.00"),
    ])
    func figuresHaveTwoDigits(value: Double, text: String) {
        #expect(value.hundredths == text)
    }
}
