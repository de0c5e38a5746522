import Foundation
import Testing

@testable import KeyRotation

/// When a rotation may start, and when something may be taken away.
@Suite struct AllowedTimesTests {
    @Test(arguments: [
        // 2026-03-02 was a Monday.
        ("mon", "09:00", "17:00", "2026-03-02T08:59:59Z", false),
        ("mon", "09:00", "17:00", "2026-03-02T09:00:00Z", true),
        ("mon", "09:00", "17:00", "2026-03-02T16:59:59Z", true),
        ("mon", "09:00", "17:00", "2026-03-02T17:00:00Z", false),
        ("mon", "09:00", "17:00", "2026-03-03T12:00:00Z", false),
        // Over midnight it is the day on which it opens that counts.
        ("mon", "22:00", "06:00", "2026-03-02T21:59:59Z", false),
        ("mon", "22:00", "06:00", "2026-03-02T22:00:00Z", true),
        ("mon", "22:00", "06:00", "2026-03-03T05:59:59Z", true),
        ("mon", "22:00", "06:00", "2026-03-03T06:00:00Z", false),
        ("mon", "22:00", "06:00", "2026-03-02T05:00:00Z", false),
        // From a time to the same time is a day.
        ("mon", "06:00", "06:00", "2026-03-03T05:59:59Z", true),
        ("mon", "06:00", "06:00", "2026-03-03T06:00:00Z", false),
        ("*", "00:00", "24:00", "2026-03-05T23:59:59Z", true), ("sun", "20:00", "24:00", "2026-03-01T23:59:59Z", true),
        ("sun", "20:00", "24:00", "2026-03-02T00:00:00Z", false),
        ("sun", "20:00", "00:00", "2026-03-02T00:00:00Z", false),
        ("6-7", "00:00", "01:00", "2026-03-01T00:30:00Z", true),
    ])
    func aWindowIsOpenFromItsFirstSecondUpToItsLast(
        days: String,
        from: String,
        to: String,
        at: String,
        isOpen: Bool
    ) throws {
        let schedule = try Instants.schedule("@daily", windows: [(days, from, to)])
        let time = try Instants.seconds(at)
        #expect(schedule.isStartAllowed(at: time) == isOpen)
        #expect((schedule.nextStartAllowed(notBefore: time) == time) == isOpen)
        #expect((schedule.allowed.last(notAfter: time) == time) == isOpen)
        #expect(schedule.isChangeAllowed(at: time))
    }

    /// In Berlin the clock leaps from 2:00 to 3:00 on March 29, and back from 3:00 to 2:00 on October 25.
    @Test(arguments: [
        ("02:00", "03:00", "2026-03-28T12:00:00Z", "2026-03-30T00:00:00Z"),
        ("02:30", "03:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        ("02:15", "02:45", "2026-10-24T12:00:00Z", "2026-10-25T00:15:00Z"),
        ("02:15", "02:45", "2026-10-25T00:45:00Z", "2026-10-25T01:15:00Z"),
        ("02:15", "02:45", "2026-10-25T01:45:00Z", "2026-10-26T01:15:00Z"),
        ("01:00", "03:00", "2026-10-25T01:59:59Z", "2026-10-25T01:59:59Z"),
        ("01:00", "03:00", "2026-10-25T02:00:00Z", "2026-10-26T00:00:00Z"),
    ])
    func windowsGoByWhatTheClockShows(from: String, to: String, after: String, opens: String) throws {
        let schedule = try Instants.schedule("@daily", "Europe/Berlin", windows: [("*", from, to)])
        let next = try #require(schedule.nextStartAllowed(notBefore: Instants.seconds(after)))
        #expect(Instants.text(next) == opens)
    }

    @Test(arguments: [
        ("2026-12-24", "2026-12-26", "2026-12-23T23:59:59Z", true),
        ("2026-12-24", "2026-12-26", "2026-12-24T00:00:00Z", false),
        ("2026-12-24", "2026-12-26", "2026-12-26T23:59:59Z", false),
        ("2026-12-24", "2026-12-26", "2026-12-27T00:00:00Z", true),
        ("2026-12-24", "2026-12-24", "2026-12-24T12:00:00Z", false),
        ("2026-12-24T18:00", "2026-12-25T06:30", "2026-12-24T17:59:59Z", true),
        ("2026-12-24T18:00", "2026-12-25T06:30", "2026-12-24T18:00:00Z", false),
        ("2026-12-24T18:00", "2026-12-25T06:30", "2026-12-25T06:30:59Z", false),
        ("2026-12-24T18:00", "2026-12-25T06:30", "2026-12-25T06:31:00Z", true),
    ])
    func theLastDayOrMinuteOfABlackoutBelongsToIt(from: String, to: String, at: String, isAllowed: Bool) throws {
        let schedule = try Instants.schedule("@daily", blackouts: [(from, to)])
        let time = try Instants.seconds(at)
        #expect(schedule.isStartAllowed(at: time) == isAllowed)
        #expect(schedule.isChangeAllowed(at: time) == isAllowed)
        #expect((schedule.nextChangeAllowed(after: time - 1) == time) == isAllowed)
    }

    @Test(arguments: [
        // It begins in the leap, and so at its end.
        ("2026-03-29T02:30", "2026-03-29T03:30", "2026-03-29T00:59:59Z", "2026-03-29T01:31:00Z"),
        // It ends in the leap, and so before it.
        ("2026-03-29T01:30", "2026-03-29T02:30", "2026-03-29T00:29:59Z", "2026-03-29T01:00:00Z"),
        // From the first 2:10 to the second 2:20, and what lies between.
        ("2026-10-25T02:10", "2026-10-25T02:20", "2026-10-25T00:09:59Z", "2026-10-25T01:21:00Z"),
    ])
    func aBlackoutHasNoHoles(from: String, to: String, lastBefore: String, end: String) throws {
        let schedule = try Instants.schedule("@daily", "Europe/Berlin", blackouts: [(from, to)])
        let before = try Instants.seconds(lastBefore)
        #expect(schedule.isStartAllowed(at: before))
        #expect(!schedule.isStartAllowed(at: before + 1))
        let next = try #require(schedule.nextStartAllowed(notBefore: before + 1))
        #expect(Instants.text(next) == end)
        #expect(schedule.nextChangeAllowed(after: before) == next)
        #expect(schedule.allowed.last(notAfter: next - 1) == before)
    }

    @Test func aBlackoutThatTheClockLeapsOverIsNone() throws {
        let schedule = try Instants.schedule(
            "@daily",
            "Europe/Berlin",
            blackouts: [("2026-03-29T02:10", "2026-03-29T02:20")]
        )
        #expect(schedule.isStartAllowed(at: try Instants.seconds("2026-03-29T01:00:00Z")))
        #expect(schedule.isStartAllowed(at: try Instants.seconds("2026-03-29T00:59:59Z")))
    }

    @Test func blackoutsThatTouchAreOne() throws {
        let schedule = try Instants.schedule(
            "@daily",
            blackouts: [("2026-12-26", "2026-12-27"), ("2026-12-24", "2026-12-25"), ("2026-12-25", "2026-12-25")]
        )
        let start = try Instants.seconds("2026-12-24T00:00:00Z")
        #expect(schedule.allowed.blackout(at: start) == start..<start + 4 * 86_400)
    }

    @Test(arguments: [
        ("", "00:00", "01:00", "days of a window"), ("mon-foo", "00:00", "01:00", "day of week"),
        ("*", "24:00", "01:00", "opens"), ("*", "9:00", "10:00", "opens"), ("*", "09:60", "10:00", "opens"),
        ("*", "09:00", "24:01", "closes"), ("*", "09:00", "-1:00", "closes"), ("*", "09:00", "1０:00", "closes"),
        ("*", "09:00", "10:00:00", "closes"),
    ])
    func whatIsNoWindowIsNamed(days: String, from: String, to: String, message: String) {
        let error = #expect(throws: ScheduleError.self) { try ScheduleWindow(days: days, from: from, to: to) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "", "2026", "2026-2-03", "2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "1969-12-31",
        "10000-01-01",
        "2026-01-01T", "2026-01-01T24:00", "2026-01-01T12:00:00", "2026-01-01 12:00", "2026-01-01T12:00Z", "2026-01-+1",
        "2026-01-01T\u{1B}[2J",
    ])
    func whatIsNoDayAndNoTimeIsRefused(text: String) {
        let error = #expect(throws: ScheduleError.self) { try CivilTime(text) }
        #expect(error?.message.unicodeScalars.contains { $0.value < 0x20 } == false)
    }

    @Test func aBlackoutEndsAfterItsBeginning() throws {
        let (day, before) = (try CivilTime("2026-12-24"), try CivilTime("2026-12-23T23:59"))
        #expect(throws: ScheduleError.self) { try Blackout(from: day, to: before) }
        #expect(throws: Never.self) { try Blackout(from: day, to: day) }
        #expect(throws: Never.self) { try Blackout(from: try CivilTime("2026-12-24T00:00"), to: day) }
    }

    @Test func theDaysOfFourCenturiesAreReckonedBothWays() {
        for number in stride(from: 0, to: 150_000, by: 1) {
            let day = CivilDay(number: number)
            guard CivilDay(year: day.year, month: day.month, day: day.day) != day else { continue }
            Issue.record("day \(number)")
        }
        #expect(CivilDay(year: 2_100, month: 2, day: 29) == nil)
        #expect(CivilDay(year: 2_000, month: 2, day: 29)?.number == 11_016)
    }
}
