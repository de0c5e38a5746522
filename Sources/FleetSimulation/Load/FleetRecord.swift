/// What was seen in a run.
package struct FleetRecord: Sendable, Equatable {
    /// Calls that arrived at IAM in each second: for tokens, and for the key set.
    package internal(set) var exchanges: [UInt32]
    package internal(set) var fetches: [UInt32]
    /// Calls among them that were told 429, and 503.
    package internal(set) var limited: UInt64 = 0
    package internal(set) var unavailable: UInt64 = 0
    /// Calls that brought what they asked for.
    package internal(set) var granted: UInt64 = 0

    /// Questions that were answered with a token.
    package internal(set) var handedOut: UInt64 = 0
    /// Those of them that waited for one.
    package internal(set) var waited: UInt64 = 0
    /// Questions that were refused, in each minute: no token lived.
    package internal(set) var refused: [UInt32]
    /// Questions that were refused while a token of the profile lived for another second, by the books of the run: there must be none.
    package internal(set) var refusedWithToken: UInt64 = 0
    /// Tokens that were handed out when they had ended, by the same books: there must be none.
    package internal(set) var endedHandedOut: UInt64 = 0

    /// At each full minute: the shortest life that was left of those that lived, in seconds, and the share of lanes without one.
    package internal(set) var samples: [Sample] = []
    /// Events that were carried out.
    package internal(set) var events: UInt64 = 0

    package struct Sample: Sendable, Equatable {
        package let second: Int
        /// `nil` when none lives.
        package let shortest: Double?
        package let mean: Double?
        /// How old the oldest is that lives.
        package let oldest: Double?
        package let without: Double
    }

    init(seconds: Int) {
        exchanges = Array(repeating: 0, count: seconds)
        fetches = exchanges
        refused = Array(repeating: 0, count: seconds / 60 + 1)
    }

    /// All calls that arrived at IAM.
    package var calls: UInt64 { exchanges.reduce(0) { $0 + UInt64($1) } + fetches.reduce(0) { $0 + UInt64($1) } }

    /// Questions that were refused.
    package var refusals: UInt64 { refused.reduce(refusedWithToken) { $0 + UInt64($1) } }

    /// All calls of each window, in calls a second; a window that is not whole is left out.
    ///
    /// - Parameters:
    ///   - span: from this second up to that one, which is not among them.
    ///   - window: in seconds.
    /// - Returns: one number for each window, in the order of time.
    package func rates(_ span: Range<Double>, window: Int) -> [Double] {
        let (from, to) = (Int(span.lowerBound.rounded(.up)), min(Int(span.upperBound), exchanges.count))
        guard window > 0, from + window <= to else { return [] }
        return stride(from: from, through: to - window, by: window)
            .map { start in
                let calls = (start..<start + window)
                    .reduce(UInt64(0)) { $0 + UInt64(exchanges[$1]) + UInt64(fetches[$1]) }
                return Double(calls) / Double(window)
            }
    }
}
