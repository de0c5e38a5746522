import Foundation

@testable import KeyRotation

/// The same rule, minute by minute: slow, and with nothing in common with the calendar but the fields.
struct BruteForceCalendar {
    let expression: CronExpression
    let zone: TimeZone

    private func shown(_ seconds: Int) -> Int {
        seconds + zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }

    private func isDue(_ local: Int) -> Bool {
        guard local % 60 == 0 else { return false }
        let day = Int((Double(local) / 86_400).rounded(.down))
        let minute = (local - day * 86_400) / 60
        guard expression.hour.contains(minute / 60), expression.minute.contains(minute % 60) else { return false }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.month, .day, .weekday],
            from: Date(timeIntervalSince1970: TimeInterval(day * 86_400))
        )
        guard let month = parts.month, let dayOfMonth = parts.day, let weekday = parts.weekday else { return false }
        let (byMonth, byWeek) = (
            expression.dayOfMonth.contains(dayOfMonth), expression.dayOfWeek.contains(weekday - 1)
        )
        let isEither = !expression.dayOfMonth.isWildcard && !expression.dayOfWeek.isWildcard
        return expression.month.contains(month) && (isEither ? byMonth || byWeek : byMonth && byWeek)
    }

    /// Times in `span` after its start, whose ends are whole minutes.
    func times(in span: ClosedRange<Int>) -> [Int] {
        var times: [Int] = []
        // What the clock has shown, at the latest.
        var latest = Int.min
        for time in stride(from: span.lowerBound - 172_800, through: span.upperBound, by: 60) {
            let local = shown(time)
            defer { latest = max(latest, local) }
            let isDueNow: Bool
            if expression.minute.isWildcard || expression.hour.isWildcard {
                isDueNow = isDue(local)
            } else if local <= latest {
                isDueNow = false
            } else if latest == .min || local - latest == 60 {
                isDueNow = isDue(local)
            } else {
                isDueNow = stride(from: latest + 60, through: local, by: 60).contains(where: isDue)
            }
            if isDueNow, time > span.lowerBound { times.append(time) }
        }
        return times
    }
}
