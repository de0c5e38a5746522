/// How flat the load of a fleet on IAM is in a span of time.
package struct LoadFigures: Sendable, Equatable {
    /// Calls a second, over the whole span.
    package let mean: Double
    /// Calls a second of the window with the most.
    package let peak: Double
    /// The length of a window, in seconds.
    package let window: Int

    /// `nil` when the span has no whole window, or no call.
    package init?(_ record: FleetRecord, _ span: Range<Double>, window: Int) {
        let rates = record.rates(span, window: window)
        guard let peak = rates.max(), peak > 0 else { return nil }
        (self.peak, self.window) = (peak, window)
        mean = rates.reduce(0, +) / Double(rates.count)
    }

    package var peakToMean: Double { peak / mean }
}
