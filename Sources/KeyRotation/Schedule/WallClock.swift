internal import FoundationEssentials

/// The clock on the wall of a place: stretches of time in which it is as far from UTC all along.
struct WallClock: Sendable, Hashable {
    /// A stretch of time, in seconds since 1970.
    struct Stretch: Sendable, Equatable {
        let start: Int
        let end: Int
        /// Seconds east of UTC.
        let offset: Int

        /// What the clock shows at the beginning and the end, in seconds since midnight of 1970-01-01 there.
        var local: Range<Int> { start + offset..<end + offset }
    }

    private let zone: TimeZone

    init(_ zone: TimeZone) {
        self.zone = zone
    }

    /// The stretch that begins at `start`, which goes no further than `limit`.
    func stretch(from start: Int, limit: Int) -> Stretch {
        let offset = offset(at: start)
        var end = start
        while end < limit {
            let next = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: TimeInterval(end)))
            guard let next, next.timeIntervalSince1970 < TimeInterval(limit) else {
                end = limit
                break
            }
            end = max(end + 1, Int(next.timeIntervalSince1970))
            // Rules may change while the clock stays as it is.
            if self.offset(at: end) != offset { break }
        }
        return Stretch(start: start, end: min(end, limit), offset: offset)
    }

    func offset(at seconds: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }
}
