/// How long to wait after failures in a row: with full jitter, so that machines which fail together do not come back together.
package enum BackOff {
    private static let shortest: Duration = .seconds(1)
    private static let longest: Duration = .seconds(300)

    /// The time until the next attempt.
    ///
    /// - Parameters:
    ///   - failures: how many failed in a row, at least 1.
    ///   - draw: uniform in 0..<1.
    /// - Returns: from nothing to five minutes.
    package static func delay(failures: Int, draw: Double) -> Duration {
        min(longest, shortest * Double(1 << min(max(failures, 1) - 1, 20))) * draw
    }
}
