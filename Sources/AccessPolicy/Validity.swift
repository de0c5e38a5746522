package import FoundationEssentials

/// When a grant holds.
package struct Validity: Sendable, Hashable {
    /// The first instant.
    package var notBefore: Date?
    /// The first instant at which it holds no more.
    package var notAfter: Date?
    /// At any of these; empty: at any time.
    package var hours: [WeeklyHours]

    package init(notBefore: Date? = nil, notAfter: Date? = nil, hours: [WeeklyHours] = []) {
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.hours = hours
    }

    /// Whether it holds at all times.
    package var isUnlimited: Bool { notBefore == nil && notAfter == nil && hours.isEmpty }

    package func holds(at now: Date) -> Bool {
        if let notBefore, now < notBefore { return false }
        if let notAfter, now >= notAfter { return false }
        return hours.isEmpty || hours.contains { $0.holds(at: now) }
    }

    /// Until when what ``holds(at:)`` says at `now` is known to stay so; hours begin and end on full minutes.
    func settled(after now: Date) -> Date {
        var next = Date.distantFuture
        for edge in [notBefore, notAfter].compactMap({ $0 }) where edge > now { next = min(next, edge) }
        guard !hours.isEmpty else { return next }
        let minute = (now.timeIntervalSince1970 / 60).rounded(.down) * 60 + 60
        return min(next, Date(timeIntervalSince1970: minute))
    }
}

/// A stretch of time that comes back every week, by the clock on the wall of some place.
package struct WeeklyHours: Sendable, Hashable {
    /// The days on which it begins: 0 is Sunday, 6 Saturday.
    package let days: Set<Int>
    /// Minutes after midnight, inclusive: 0...1439.
    package let from: Int
    /// Minutes after midnight, exclusive: 1...1440.
    ///
    /// When it is not after ``from`` it is of the next day.
    package let to: Int
    package let timeZone: TimeZone

    package init(days: Set<Int>, from: Int, to: Int, timeZone: TimeZone) {
        self.days = days
        self.from = from
        self.to = to
        self.timeZone = timeZone
    }

    func holds(at now: Date) -> Bool {
        let local = now.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: now))
        // Dates this far away are nobody's working hours, and would not fit an integer.
        guard abs(local) < 1e12 else { return false }
        let minutes = Int((local / 60).rounded(.down))
        let day = minutes.quotient(flooring: 1_440)
        let minute = minutes - day * 1_440
        // 1970-01-01 was a Thursday.
        let weekday = (day + 4) - (day + 4).quotient(flooring: 7) * 7
        if from < to { return days.contains(weekday) && (from..<to).contains(minute) }
        let yesterday = (weekday + 6) % 7
        return (days.contains(weekday) && minute >= from) || (days.contains(yesterday) && minute < to)
    }
}

extension Int {
    /// Division that rounds towards negative infinity.
    fileprivate func quotient(flooring divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
