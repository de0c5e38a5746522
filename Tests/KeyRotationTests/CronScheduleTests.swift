import Foundation
import Testing

@testable import KeyRotation

/// When expressions are due.
@Suite struct CronScheduleTests {
    private static func seconds(_ text: String) throws -> Int {
        Int(try Date(text, strategy: .iso8601).timeIntervalSince1970)
    }

    private func next(_ expression: String, _ zone: String, after from: String, _ count: Int = 1) throws -> [String] {
        let schedule = CronSchedule(try CronExpression(expression), in: try #require(TimeZone(identifier: zone)))
        return schedule.times(after: try Self.seconds(from), count: count)
            .map { Date(timeIntervalSince1970: TimeInterval($0)).formatted(.iso8601) }
    }

    @Test(arguments: [
        ("* * * * *", "2026-03-01T00:00:00Z", "2026-03-01T00:01:00Z"),
        ("0 0 * * *", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        ("0 0 * * *", "2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z"),
        ("*/15 9-17 * * mon-fri", "2026-03-06T17:45:00Z", "2026-03-09T09:00:00Z"),
        ("30 4 1,15 * 5", "2026-03-01T05:00:00Z", "2026-03-06T04:30:00Z"),
        ("30 4 1,15 * *", "2026-03-01T05:00:00Z", "2026-03-15T04:30:00Z"),
        ("0 0 */2 * mon", "2026-03-01T00:00:00Z", "2026-03-09T00:00:00Z"),
        ("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
        ("0 12 * jan sun", "2026-03-01T00:00:00Z", "2027-01-03T12:00:00Z"),
        ("0 12 * * 7", "2026-03-01T12:00:00Z", "2026-03-08T12:00:00Z"),
        ("5/20 0 * * *", "2026-03-01T00:05:00Z", "2026-03-01T00:25:00Z"),
        ("@monthly", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("@weekly", "2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z"),
    ])
    func theNextTimeIsFound(expression: String, from: String, expected: String) throws {
        #expect(try next(expression, "UTC", after: from) == [expected])
    }

    /// In Berlin the clock leaps from 2:00 to 3:00 on March 29, and back from 3:00 to 2:00 on October 25.
    @Test(arguments: [
        // Fixed: at the end of the leap, and then on time.
        ("30 2 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
        ("10,50 2 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:10:00Z"]),
        ("0 2,3 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]),
        // Fixed: the first of two.
        ("30 2 * * *", "2026-10-24T12:00:00Z", ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        ("30 2 * * *", "2026-10-25T00:30:00Z", ["2026-10-26T01:30:00Z"]),
        // By the clock on the wall: not in the leap, and twice.
        ("30 * * * *", "2026-03-29T00:30:00Z", ["2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"]),
        ("*/30 2 * * *", "2026-03-28T12:00:00Z", ["2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"]),
        (
            "*/30 2 * * *", "2026-10-24T23:00:00Z",
            [
                "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z",
            ]
        ),
    ])
    func aChangeOfTheClockFollowsVixiesRule(expression: String, from: String, expected: [String]) throws {
        #expect(try next(expression, "Europe/Berlin", after: from, expected.count) == expected)
    }

    /// Samoa had no December 30 in 2011.
    @Test func aDayThatAPlaceLeapsOverIsDueAtItsEnd() throws {
        #expect(
            try next("0 12 30 12 *", "Pacific/Apia", after: "2011-12-01T00:00:00Z", 2)
                == ["2011-12-30T10:00:00Z", "2012-12-29T22:00:00Z"]
        )
    }

    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu",
        "Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "Asia/Tehran",
    ]

    @Test(arguments: zones) func theCalendarSaysWhatBruteForceSays(zoneName: String) throws {
        let zone = try #require(TimeZone(identifier: zoneName))
        var draws = Draws(seed: zoneName)
        func field(_ kind: CronField.Kind) -> String {
            let range = kind == .dayOfMonth ? 1...28 : kind == .dayOfWeek ? 0...6 : kind.range
            let (one, other) = (Int.random(in: range, using: &draws), Int.random(in: range, using: &draws))
            return ["*", "*/\(max(2, one))", "\(one)", "\(one),\(other)", "\(min(one, other))-\(max(one, other))"]
                .randomElement(using: &draws) ?? "*"
        }
        // Around changes of the clock, where there are some, and anywhere else.
        var starts = [1_324_900_000, 1_774_700_000, 1_792_800_000].map { $0 / 60 * 60 }
        var change = Date(timeIntervalSince1970: 1_500_000_000)
        while let next = zone.nextDaylightSavingTimeTransition(after: change), starts.count < 9 {
            starts.append(Int(next.timeIntervalSince1970) / 60 * 60 - 40_000 / 60 * 60)
            change = next
        }
        for start in starts {
            for _ in 1...6 {
                let hourly = Bool.random(using: &draws) ? "\(Int.random(in: 0...3, using: &draws))" : field(.hour)
                let text = [field(.minute), hourly, "*", "*", Bool.random(using: &draws) ? "*" : field(.dayOfWeek)]
                    .joined(separator: " ")
                let expression = try CronExpression(text)
                let span = start...start + 3 * 86_400
                let expected = BruteForceCalendar(expression: expression, zone: zone).times(in: span)
                let times = CronSchedule(expression, in: zone).times(after: start, count: expected.count + 1)
                #expect(times.filter { $0 <= span.upperBound } == expected, "\(text) in \(zoneName) after \(start)")
            }
        }
    }

    @Test(arguments: [
        ("", "needs 5"), ("* * * *", "needs 5"), ("* * * * * *", "needs 5"), ("60 * * * *", "minute"),
        ("* 24 * * *", "hour"), ("* * 0 * *", "day of month"), ("* * 32 * *", "day of month"), ("* * * 13 *", "month"),
        ("* * * foo *", "month"), ("* * * * 8", "day of week"), ("* * * * mun", "day of week"), ("*/0 * * * *", "step"),
        ("*/x * * * *", "step"), ("1/2/3 * * * *", "minute"), ("5-1 * * * *", "from less to more"),
        ("1-2-3 * * * *", "minute"),
        (", * * * *", "minute"), ("1, * * * *", "minute"), ("-1 * * * *", "minute"), ("+1 * * * *", "minute"),
        ("0 0 30 2 *", "no day"), ("0 0 31 4,6,9,11 *", "no day"), ("@never", "@daily"), ("@daily x", "stands alone"),
        ("@reboot", "@daily"), ("99999999999999999999 * * * *", "minute"), ("\u{663} * * * *", "minute"),
        (String(repeating: "1,", count: 600), "longer than"),
    ])
    func whatIsWrongIsNamed(expression: String, message: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(expression) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [("0 0 30 2 1", true), ("0 0 31 * *", true), ("0 0 1 * fri-sun", true), ("0 0 * * 6-7", true)])
    func whatSomeYearHasIsTaken(expression: String, isTaken: Bool) throws {
        #expect(try !next(expression, "UTC", after: "2026-03-01T00:00:00Z").isEmpty == isTaken)
    }
}
