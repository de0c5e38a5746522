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
    package static func delay(failures: Int, draw: Double) -> Duration { ceiling(failures: failures) * draw }

    /// The time until the next attempt where the service asked to be left alone.
    ///
    /// A service that has too much to do tells all machines the same. So none comes back before that, and they do not come back together:
    /// they spread over as long again.
    ///
    /// - Parameters:
    ///   - asked: for how long the service asked.
    ///   - failures: how many failed in a row, at least 1.
    ///   - draw: uniform in 0..<1.
    /// - Returns: from `asked` to five minutes more.
    static func delay(asked: Duration, failures: Int, draw: Double) -> Duration {
        asked + max(ceiling(failures: failures), min(asked, longest)) * draw
    }

    private static func ceiling(failures: Int) -> Duration {
        min(longest, shortest * Double(1 << min(max(failures, 1) - 1, 20)))
    }
}
