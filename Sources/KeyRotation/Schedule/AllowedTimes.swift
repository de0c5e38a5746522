/// When rotations may start: inside a window, if there are any, and outside of blackouts.
struct AllowedTimes: Sendable, Hashable {
    private let clock: WallClock
    private let windows: [ScheduleWindow]
    /// Seconds since 1970, in order; none touches the next.
    private let blackouts: [Range<Int>]

    init(clock: WallClock, windows: [ScheduleWindow], blackouts: [Blackout]) {
        (self.clock, self.windows) = (clock, windows)
        var merged: [Range<Int>] = []
        for span in blackouts.compactMap({ $0.seconds(by: clock) }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, span.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                merged.append(span)
            }
        }
        self.blackouts = merged
    }

    func blackout(at time: Int) -> Range<Int>? { blackouts.first { $0.contains(time) } }

    func contains(_ time: Int) -> Bool {
        guard blackout(at: time) == nil else { return false }
        return windows.isEmpty || openSpan(at: time) != nil
    }

    /// The first time that is not before `time`, within the horizon.
    func first(notBefore time: Int) -> Int? {
        let limit = time + ScheduleLimits.horizon
        var candidate = time
        // Each round leaves a blackout behind, or goes on to the next window.
        while candidate < limit {
            if let blackout = blackout(at: candidate) {
                candidate = blackout.upperBound
                continue
            }
            guard let open = firstOpen(notBefore: candidate, limit: limit) else { return nil }
            if open == candidate { return open }
            candidate = open
        }
        return nil
    }

    /// The last time that is not after `time`, since 1970.
    func last(notAfter time: Int) -> Int? {
        var candidate = time
        while candidate >= 0 {
            if let blackout = blackout(at: candidate) {
                candidate = blackout.lowerBound - 1
                continue
            }
            guard let open = lastOpen(notAfter: candidate) else { return nil }
            if open == candidate { return open }
            candidate = open
        }
        return nil
    }

    /// When the window closes that is open at `time`: of several the last; `nil` when none is open.
    func close(at time: Int) -> Int? {
        guard let span = openSpan(at: time) else { return nil }
        var start = time
        let limit = time + 2 * ScheduleLimits.largestChange
        while start < limit {
            let stretch = clock.stretch(from: start, limit: limit)
            guard span.contains(stretch.local.lowerBound) else { return start }
            if span.upperBound < stretch.local.upperBound { return span.upperBound - stretch.offset }
            start = stretch.end
        }
        return start
    }

    private func openSpan(at time: Int) -> Range<Int>? {
        let shown = time + clock.offset(at: time)
        let today = ScheduleLimits.day(of: shown)
        return [today - 1, today].flatMap(spans).filter { $0.contains(shown) }
            .max { $0.upperBound < $1.upperBound }
    }

    /// The windows that open on a day, in what the wall shows.
    private func spans(openingOn day: Int) -> [Range<Int>] {
        let day = CivilDay(number: day)
        return windows.compactMap { $0.span(openingOn: day) }
    }

    /// Every window opens once in this time, unless the clock leaps over it.
    private static let step = 16 * ScheduleLimits.day

    private func firstOpen(notBefore time: Int, limit: Int) -> Int? {
        guard !windows.isEmpty else { return time }
        var start = time
        while start < limit {
            let stretch = clock.stretch(from: start, limit: min(limit, start + Self.step))
            if let shown = firstOpen(in: stretch.local) { return shown - stretch.offset }
            start = stretch.end
        }
        return nil
    }

    private func firstOpen(in local: Range<Int>) -> Int? {
        // What opened the day before may still be open.
        for day in ScheduleLimits.day(of: local.lowerBound) - 1...ScheduleLimits.day(of: local.upperBound - 1) {
            let common = spans(openingOn: day).map { $0.clamped(to: local) }.filter { !$0.isEmpty }
            if let first = common.map(\.lowerBound).min() { return first }
        }
        return nil
    }

    private func lastOpen(notAfter time: Int) -> Int? {
        guard !windows.isEmpty else { return time }
        var end = time + 1
        while end > 0 {
            var (start, last): (Int, Int?) = (end - Self.step, nil)
            while start < end {
                let stretch = clock.stretch(from: start, limit: end)
                if let shown = lastOpen(in: stretch.local) { last = shown - stretch.offset }
                start = stretch.end
            }
            if let last { return last }
            end -= Self.step
        }
        return nil
    }

    private func lastOpen(in local: Range<Int>) -> Int? {
        let days = ScheduleLimits.day(of: local.lowerBound) - 1...ScheduleLimits.day(of: local.upperBound - 1)
        for day in days.reversed() {
            let common = spans(openingOn: day).map { $0.clamped(to: local) }.filter { !$0.isEmpty }
            if let last = common.map(\.upperBound).max() {
                // What opened the day before may close later than what opened on this one.
                let before = spans(openingOn: day - 1).map { $0.clamped(to: local) }.filter { !$0.isEmpty }
                return max(last, before.map(\.upperBound).max() ?? last) - 1
            }
        }
        return nil
    }
}
