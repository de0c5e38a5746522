/// When nothing may start or be taken away, once, from one time on a wall to another.
package struct Blackout: Sendable, Hashable {
    let from: CivilTime
    let to: CivilTime

    /// - Parameters:
    ///   - from: the day or minute that it begins with.
    ///   - to: the day or minute that it ends with: the whole of it belongs to the blackout.
    /// - Throws: ``ScheduleError`` when it ends before it begins.
    package init(from: CivilTime, to: CivilTime) throws(ScheduleError) {
        guard from.seconds.lowerBound < to.seconds.upperBound else {
            throw ScheduleError("a blackout ends before it begins")
        }
        (self.from, self.to) = (from, to)
    }

    /// The seconds since 1970 that it takes, from the first at which the clock shows its beginning or more to the last at which the clock
    /// shows its end or less.
    ///
    /// So a time that comes twice belongs to it both times, and so does what lies between. `nil`: the clock leaps over all of it.
    func seconds(by clock: WallClock) -> Range<Int>? {
        let (shownFirst, shownEnd) = (from.seconds.lowerBound, to.seconds.upperBound)
        let first = clock.stretches(around: shownFirst).first { $0.local.upperBound > shownFirst }
        let last = clock.stretches(around: shownEnd).last { $0.local.lowerBound < shownEnd }
        guard let first, let last else { return nil }
        let start = max(first.start, shownFirst - first.offset)
        let end = min(last.end, shownEnd - last.offset)
        return start < end ? start..<end : nil
    }
}

extension WallClock {
    /// The stretches in which the clock may show `local`, and those beside them.
    fileprivate func stretches(around local: Int) -> [Stretch] {
        let limit = local + ScheduleLimits.largestChange
        var (stretches, start): ([Stretch], Int) = ([], local - ScheduleLimits.largestChange)
        while start < limit {
            let stretch = stretch(from: start, limit: limit)
            stretches.append(stretch)
            start = stretch.end
        }
        return stretches
    }
}
