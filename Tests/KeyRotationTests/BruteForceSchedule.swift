import Foundation

@testable import KeyRotation

/// Windows, blackouts and delays minute by minute, over the minutes of one span.
struct BruteForceSchedule {
    struct Window { var (days, from, to): (Set<Int>, Int, Int) }
    /// Minutes since 1970 on the wall, both ends among them.
    struct Dark { var (from, to): (Int, Int) }

    let start: Int
    /// What the wall shows, in minutes.
    let shown: [Int]

    init(zone: TimeZone, start: Int, minutes: Int) {
        self.start = start
        shown = (0..<minutes)
            .map { minute in
                let time = start + minute * 60
                let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time)))
                return (time + offset) / 60
            }
    }

    func allowed(_ windows: [Window], _ darks: [Dark]) -> [Bool] {
        var allowed = shown.map { shown in windows.isEmpty || windows.contains { Self.isOpen($0, shown) } }
        for dark in darks {
            guard let first = shown.firstIndex(where: { $0 >= dark.from }),
                let last = shown.lastIndex(where: { $0 <= dark.to }), first <= last
            else { continue }
            for index in first...last { allowed[index] = false }
        }
        return allowed
    }

    private static func isOpen(_ window: Window, _ shown: Int) -> Bool {
        let (day, minute) = (shown / 1_440, shown % 1_440)
        let (today, yesterday) = ((day + 4) % 7, (day + 3) % 7)
        if window.from < window.to {
            return window.days.contains(today) && (window.from..<window.to).contains(minute)
        }
        return window.days.contains(today) && minute >= window.from
            || window.days.contains(yesterday) && minute < window.to
    }

    /// When occurrences start, all of them, in seconds.
    func starts(_ occurrences: [Int], delay: Int, _ allowed: [Bool], _ catchUp: PlanSchedule.CatchUp) -> [Int] {
        var starts: [Int] = []
        for time in occurrences.map({ $0 + delay }) {
            let index = (time - start) / 60
            guard allowed.indices.contains(index) else { continue }
            if allowed[index] {
                starts.append(time)
            } else if catchUp == .once, let next = allowed[index...].firstIndex(of: true) {
                starts.append(start + next * 60)
            }
        }
        return Array(Set(starts)).sorted()
    }
}
