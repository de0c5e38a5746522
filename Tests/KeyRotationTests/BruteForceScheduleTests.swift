import Foundation
import Testing

@testable import KeyRotation

/// The calendar of plans against the same rules minute by minute.
@Suite struct BruteForceScheduleTests {
    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
        "America/St_Johns",
    ]
    private static let span = 60 * 1_440
    /// What is compared begins and ends this many minutes inside of the span: what was due before waits at its beginning.
    private static let margin = 12 * 1_440

    @Test(arguments: zones) func theScheduleSaysWhatBruteForceSays(zoneName: String) throws {
        let zone = try #require(TimeZone(identifier: zoneName))
        var draws = Draws(seed: zoneName)
        var compared = 0
        // Weeks before a change of the clock, or anywhere.
        for anchor in [1_774_000_000, 1_792_000_000] {
            let change = zone.nextDaylightSavingTimeTransition(
                after: Date(timeIntervalSince1970: TimeInterval(anchor))
            )
            let middle = change.map { Int($0.timeIntervalSince1970) } ?? anchor
            let start = (middle - Int.random(in: 20...40, using: &draws) * 86_400) / 60 * 60
            let brute = BruteForceSchedule(zone: zone, start: start, minutes: Self.span)
            for _ in 1...3 { compared += try compare(brute, zone, &draws) }
        }
        #expect(compared > 100)
    }

    /// How many starts were compared.
    private func compare(_ brute: BruteForceSchedule, _ zone: TimeZone, _ draws: inout Draws) throws -> Int {
        var compared = 0
        let cron =
            ["\(Int.random(in: 0...59, using: &draws)) */5 * * *", "30 2 * * *", "*/20 1-3 * * 0-2", "0 12 */3 * *"]
            .randomElement(using: &draws) ?? "@daily"
        let windows = (0..<Int.random(in: 0...3, using: &draws))
            .map { _ in
                let days = Set((0..<3).map { _ in Int.random(in: 0...6, using: &draws) })
                return BruteForceSchedule.Window(
                    days: days,
                    from: Int.random(in: 0...1_439, using: &draws),
                    to: Int.random(in: 0...1_439, using: &draws)
                )
            }
        let darks = (0..<Int.random(in: 0...4, using: &draws))
            .map { _ in
                let from = brute.shown[Int.random(in: 0..<Self.span, using: &draws)]
                return BruteForceSchedule.Dark(from: from, to: from + Int.random(in: 0...6_000, using: &draws))
            }
        let splay = Int.random(in: 0...7_200, using: &draws)
        let allowed = brute.allowed(windows, darks)
        let (first, last) = (Self.margin, Self.span - Self.margin)
        let range = brute.start + first * 60 + 1...brute.start + last * 60
        let expression = try CronExpression(cron)
        let occurrences = BruteForceCalendar(expression: expression, zone: zone)
            .times(in: brute.start...brute.start + Self.span * 60)
        for catchUp in PlanSchedule.CatchUp.allCases {
            let schedule = try PlanSchedule(
                cron: expression,
                zone: zone,
                splay: splay,
                windows: windows.map(Self.window),
                blackouts: darks.map { try Blackout(from: Self.civil($0.from), to: Self.civil($0.to)) },
                catchUp: catchUp
            )
            let label = "\(cron) \(catchUp) \(windows) \(darks) \(splay) in \(zone.identifier) after \(brute.start)"
            let starts = brute.starts(
                occurrences,
                delay: schedule.delay(plan: "p", host: "h"),
                allowed,
                catchUp
            )
            let expected = starts.filter { range.contains($0) }
            compared += expected.count
            let times = schedule.times(
                after: range.lowerBound - 1,
                count: expected.count + 1,
                plan: "p",
                host: "h"
            )
            #expect(times.filter { range.contains($0) } == expected, "\(label)")
            // Each start is what is due after the one before.
            for (one, other) in zip(expected, expected.dropFirst()) {
                let due = schedule.due(lastStart: one, since: 0, keyCreated: nil, plan: "p", host: "h")
                if due != other { Issue.record("after \(one): \(label)") }
            }
            guard catchUp == .once else { continue }
            // Its first second and its last: a minute is allowed as a whole.
            for index in stride(from: first, to: last, by: 7) {
                let time = brute.start + index * 60 + Int.random(in: 0...59, using: &draws)
                if schedule.isStartAllowed(at: time) != allowed[index] { Issue.record("at \(time): \(label)") }
            }
            for index in stride(from: first, to: last, by: 61) {
                guard let next = allowed[index...].firstIndex(of: true), next < last else { continue }
                let found = schedule.nextStartAllowed(notBefore: brute.start + index * 60)
                if found != brute.start + next * 60 { Issue.record("next from \(index): \(label)") }
            }
        }
        return compared
    }

    private static func window(_ window: BruteForceSchedule.Window) throws -> ScheduleWindow {
        try ScheduleWindow(
            days: window.days.sorted().map(String.init).joined(separator: ","),
            from: time(window.from),
            to: time(window.to)
        )
    }

    private static func civil(_ minutes: Int) throws -> CivilTime {
        let date = Date(timeIntervalSince1970: TimeInterval(minutes * 60)).formatted(.iso8601)
        return try CivilTime(String(date.prefix(16)))
    }

    private static func time(_ minutes: Int) -> String {
        let (hour, minute) = ("0\(minutes / 60)".suffix(2), "0\(minutes % 60)".suffix(2))
        return "\(hour):\(minute)"
    }
}
