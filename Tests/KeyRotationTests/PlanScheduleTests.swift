import Foundation
import Testing

@testable import KeyRotation

/// When the next rotation of a plan is to start.
@Suite struct PlanScheduleTests {
    private static let noon = "2026-03-02T12:00:00Z"

    private func due(
        _ schedule: PlanSchedule,
        last: String? = nil,
        since: String,
        created: String? = nil
    ) throws -> String? {
        try schedule.due(
            lastStart: last.map(Instants.seconds),
            since: Instants.seconds(since),
            keyCreated: created.map(Instants.seconds),
            plan: "p",
            host: "h"
        )
        .map(Instants.text)
    }

    private func next(
        _ schedule: PlanSchedule,
        now: String,
        watched: String,
        last: String? = nil,
        since: String = "2026-03-01T00:00:00Z"
    ) throws -> (at: String, due: String)? {
        try schedule.nextStart(
            now: Instants.seconds(now),
            watchedSince: Instants.seconds(watched),
            lastStart: last.map(Instants.seconds),
            since: Instants.seconds(since),
            keyCreated: nil,
            plan: "p",
            host: "h"
        )
        .map { (Instants.text($0.at), Instants.text($0.due)) }
    }

    @Test(arguments: [
        (nil, "2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z"), (nil, "2026-03-02T12:00:01Z", "2026-03-03T12:00:00Z"),
        ("2026-03-02T12:00:00Z", "2026-03-01T00:00:00Z", "2026-03-03T12:00:00Z"),
        // Started by hand before it was due.
        ("2026-03-02T11:59:59Z", "2026-03-01T00:00:00Z", "2026-03-02T12:00:00Z"),
        // The plan was taken away and came back.
        ("2026-03-02T12:00:00Z", "2026-03-08T00:00:00Z", "2026-03-08T12:00:00Z"),
    ])
    func theExpressionCountsFromWhenThePlanWasSeenAndAfterTheLastStart(
        last: String?,
        since: String,
        expected: String
    ) throws {
        #expect(try due(Instants.schedule("0 12 * * *"), last: last, since: since) == expected)
    }

    @Test func theDelayBelongsToTheOccurrence() throws {
        let schedule = try Instants.schedule("0 12 * * *", splay: 3_600)
        let (noon, delay) = (try Instants.seconds(Self.noon), schedule.delay(plan: "p", host: "h"))
        #expect(delay > 0)
        for (last, since, expected) in [
            (nil, noon, noon + delay), (nil, noon + 1, noon + 86_400 + delay), (noon + delay, 0, noon + 86_400 + delay),
            (noon + delay - 1, 0, noon + delay), (noon, 0, noon + delay),
        ] {
            #expect(schedule.due(lastStart: last, since: since, keyCreated: nil, plan: "p", host: "h") == expected)
        }
    }

    /// These hold for ever: another delay after an update would move every start.
    @Test(arguments: [
        ("p", "h", 3_600, 2_547), ("api-key", "vm-1", 86_400, 19_471), ("api-key", "vm-2", 86_400, 20_752),
    ])
    func theDelayIsStable(plan: String, host: String, splay: Int, expected: Int) throws {
        #expect(try Instants.schedule("@daily", splay: splay).delay(plan: plan, host: host) == expected)
    }

    @Test(arguments: [1, 2, 60, 3_600, 604_800])
    func delaysAreSpreadOverTheSplay(splay: Int) throws {
        let schedule = try Instants.schedule("@daily", splay: splay)
        let delays = (0..<2_000).map { schedule.delay(plan: "keys", host: "vm-\($0)") }
        #expect(delays.allSatisfy { (0..<splay).contains($0) })
        let buckets = min(splay, 10)
        for bucket in 0..<buckets {
            let share = delays.count { $0 * buckets / splay == bucket }
            #expect((2_000 / buckets * 7 / 10...2_000 / buckets * 13 / 10).contains(share), "\(bucket): \(share)")
        }
        #expect(schedule.delay(plan: "a", host: "bc") == schedule.delay(plan: "a", host: "bc"))
        if splay > 1_000 { #expect(schedule.delay(plan: "c", host: "ab") != schedule.delay(plan: "bc", host: "a")) }
    }

    @Test(arguments: [
        // Only the age.
        (nil, nil, nil, "2026-03-02T00:00:00Z"), (nil, nil, "2026-03-01T00:00:00Z", "2026-03-11T00:00:00Z"),
        (nil, "2026-03-04T00:00:00Z", nil, "2026-03-14T00:00:00Z"),
        // An old key is due in the past, until a start failed: then a day later.
        (nil, nil, "2026-01-01T00:00:00Z", "2026-01-11T00:00:00Z"),
        (nil, "2026-03-04T00:00:00Z", "2026-01-01T00:00:00Z", "2026-03-05T00:00:00Z"),
        (nil, "2026-03-10T23:59:59Z", "2026-03-01T00:00:00Z", "2026-03-11T00:00:00Z"),
        (nil, "2026-03-11T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-12T00:00:00Z"),
        // Whichever is first.
        ("0 12 * * *", nil, nil, "2026-03-02T12:00:00Z"),
        ("0 12 15 * *", nil, "2026-03-01T00:00:00Z", "2026-03-11T00:00:00Z"),
        ("0 12 5 * *", nil, "2026-03-01T00:00:00Z", "2026-03-05T12:00:00Z"),
    ])
    func anOldKeyIsDueWhateverTheExpressionSays(cron: String?, last: String?, created: String?, expected: String) throws
    {
        let schedule = try Instants.schedule(cron, maximumAge: 10 * 86_400)
        #expect(try due(schedule, last: last, since: "2026-03-02T00:00:00Z", created: created) == expected)
    }

    @Test func theAgeWaitsForItsWindowAndIsNeverMissed() throws {
        let schedule = try Instants.schedule(
            maximumAge: 86_400,
            windows: [("sat", "02:00", "04:00")],
            catchUp: .never
        )
        let created = try Instants.seconds("2026-03-01T00:00:00Z")
        let now = try Instants.seconds("2026-03-09T00:00:00Z")
        let start = try #require(
            schedule.nextStart(
                now: now,
                watchedSince: now,
                lastStart: nil,
                since: 0,
                keyCreated: created,
                plan: "p",
                host: "h"
            )
        )
        #expect(Instants.text(start.due) == "2026-03-07T02:00:00Z")
        #expect(Instants.text(start.at) == "2026-03-14T02:00:00Z")
        #expect(start.cause == .age)
    }

    @Test(arguments: [
        // Down for five days: one start, and then on time.
        ("2026-03-06T15:00:00Z", nil, "2026-03-06T15:00:00Z", "2026-03-01T12:00:00Z"),
        ("2026-03-06T15:00:01Z", "2026-03-06T15:00:00Z", "2026-03-07T12:00:00Z", "2026-03-07T12:00:00Z"),
        ("2026-03-01T11:59:59Z", nil, "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"),
        // Within a blackout: at its end, once.
        ("2026-03-20T15:00:00Z", "2026-03-19T12:00:00Z", "2026-03-23T00:00:00Z", "2026-03-23T00:00:00Z"),
        ("2026-03-23T00:00:00Z", "2026-03-23T00:00:00Z", "2026-03-23T12:00:00Z", "2026-03-23T12:00:00Z"),
    ])
    func whatWasMissedIsMadeUpForOnce(now: String, last: String?, at: String, due: String) throws {
        let schedule = try Instants.schedule("0 12 * * *", blackouts: [("2026-03-20", "2026-03-22")])
        let start = try #require(try next(schedule, now: now, watched: now, last: last))
        #expect(start == (at, due))
    }

    @Test(arguments: [
        // Watched all the time: in time, within a minute, and later.
        ("2026-03-02T11:00:00Z", "2026-03-01T13:00:00Z", "2026-03-02T12:00:00Z"),
        ("2026-03-02T12:01:00Z", "2026-03-01T13:00:00Z", "2026-03-02T12:01:00Z"),
        ("2026-03-02T12:01:01Z", "2026-03-01T13:00:00Z", "2026-03-03T12:00:00Z"),
        // Nobody was there.
        ("2026-03-02T12:01:00Z", "2026-03-02T12:01:00Z", "2026-03-02T12:01:00Z"),
        ("2026-03-02T12:01:01Z", "2026-03-02T12:01:01Z", "2026-03-03T12:00:00Z"),
        ("2026-03-09T12:30:00Z", "2026-03-09T12:30:00Z", "2026-03-10T12:00:00Z"),
        // In a blackout.
        ("2026-03-20T12:00:00Z", "2026-03-01T13:00:00Z", "2026-03-23T12:00:00Z"),
    ])
    func whatWasMissedMayBeLeftOut(now: String, watched: String, at: String) throws {
        let schedule = try Instants.schedule(
            "0 12 * * *",
            blackouts: [("2026-03-20", "2026-03-22")],
            catchUp: .never
        )
        #expect(try next(schedule, now: now, watched: watched)?.at == at)
    }

    @Test(arguments: [
        // Nothing is missed while its window is open and somebody watched.
        ("2026-03-02T13:59:59Z", "2026-03-02T12:00:00Z", "2026-03-02T13:59:59Z"),
        ("2026-03-02T14:00:00Z", "2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z"),
        ("2026-03-02T13:00:00Z", "2026-03-02T12:01:00Z", "2026-03-02T13:00:00Z"),
        ("2026-03-02T13:00:00Z", "2026-03-02T12:01:01Z", "2026-03-03T12:00:00Z"),
    ])
    func aStartIsNotMissedBeforeItsWindowCloses(now: String, watched: String, at: String) throws {
        let schedule = try Instants.schedule("0 12 * * *", windows: [("*", "11:00", "14:00")], catchUp: .never)
        #expect(try next(schedule, now: now, watched: watched)?.at == at)
    }

    @Test func aMinuteOfGraceDoesNotReachIntoTheNextWindow() throws {
        let schedule = try Instants.schedule("59 13 * * *", windows: [("*", "11:00", "14:00")], catchUp: .never)
        #expect(
            try next(schedule, now: "2026-03-02T14:00:00Z", watched: "2026-03-02T12:00:00Z")?.at
                == "2026-03-03T13:59:00Z"
        )
    }

    @Test(arguments: [(PlanSchedule.CatchUp.once, ["2026-03-03T22:00:00Z", "2026-03-06T22:00:00Z"]), (.never, [])])
    func thePreviewShowsWhatWindowsMakeOfTheExpression(catchUp: PlanSchedule.CatchUp, expected: [String]) throws {
        let schedule = try Instants.schedule(
            "0 */6 * * *",
            windows: [("tue,fri", "22:00", "23:00")],
            catchUp: catchUp
        )
        let times = schedule.times(after: try Instants.seconds(Self.noon), count: 2, plan: "p", host: "h")
        #expect(times.map(Instants.text) == expected)
        #expect(schedule.hasStart(after: 0) == !expected.isEmpty)
    }

    @Test func thePreviewReckonsWithTheAge() throws {
        let schedule = try Instants.schedule("0 12 15 * *", maximumAge: 10 * 86_400)
        let times = schedule.times(
            after: try Instants.seconds(Self.noon),
            count: 4,
            plan: "p",
            host: "h",
            keyCreated: try Instants.seconds("2026-01-01T00:00:00Z")
        )
        #expect(
            times.map(Instants.text) == [
                "2026-03-02T12:00:01Z", "2026-03-12T12:00:01Z", "2026-03-15T12:00:00Z", "2026-03-25T12:00:00Z",
            ]
        )
    }

    @Test func whatWaitsForItsWindowIsPartOfThePreview() throws {
        let schedule = try Instants.schedule("0 12 2 * *", windows: [("*", "22:00", "23:00")])
        let times = schedule.times(after: try Instants.seconds("2026-03-02T13:00:00Z"), count: 2, plan: "p", host: "h")
        #expect(times.map(Instants.text) == ["2026-03-02T22:00:00Z", "2026-04-02T22:00:00Z"])
    }

    @Test func aScheduleThatNeverStartsEndsWithNothing() throws {
        let dark = [(from: "1970-01-01", to: "9999-12-31")]
        for catchUp in PlanSchedule.CatchUp.allCases {
            for schedule in [
                try Instants.schedule("* * * * *", "Europe/Berlin", blackouts: dark, catchUp: catchUp),
                try Instants.schedule("@daily", maximumAge: 60, blackouts: dark, catchUp: catchUp),
                try Instants.schedule(
                    "* * * * *",
                    windows: [("*", "01:00", "02:00")],
                    blackouts: dark,
                    catchUp: catchUp
                ),
            ] {
                #expect(!schedule.hasStart(after: 0))
                #expect(schedule.nextStartAllowed(notBefore: 1_800_000_000) == nil)
                #expect(schedule.nextChangeAllowed(after: 1_800_000_000) == nil)
                #expect(schedule.times(after: 1_800_000_000, count: 3, plan: "p", host: "h").isEmpty)
                #expect(schedule.due(lastStart: nil, since: 0, keyCreated: 0, plan: "p", host: "h") == nil)
                #expect(
                    schedule.nextStart(
                        now: 1_800_000_000,
                        watchedSince: 0,
                        lastStart: nil,
                        since: 0,
                        keyCreated: 0,
                        plan: "p",
                        host: "h"
                    )
                        == nil
                )
            }
        }
        // Every day of 45 years is looked at, and none fits.
        let apart = try Instants.schedule(
            "0 12 * * *",
            "Europe/Berlin",
            windows: [("*", "22:00", "06:00")],
            catchUp: .never
        )
        #expect(!apart.hasStart(after: 1_800_000_000))
    }

    @Test(arguments: [Int.min, -1, 0, 253_402_300_799, Int.max])
    func extremeTimesDoNotTrap(time: Int) throws {
        for catchUp in PlanSchedule.CatchUp.allCases {
            let schedule = try Instants.schedule(
                "*/7 3 * * *",
                "Europe/Berlin",
                maximumAge: 86_400,
                splay: 604_800,
                windows: [("*", "22:00", "06:00")],
                blackouts: [("1970-01-01", "1970-02-01"), ("9999-12-01", "9999-12-31")],
                catchUp: catchUp
            )
            _ = (schedule.isStartAllowed(at: time), schedule.isChangeAllowed(at: time), schedule.hasStart(after: time))
            _ = (schedule.nextChangeAllowed(after: time), schedule.nextStartAllowed(notBefore: time))
            _ = schedule.isMissed(time, now: 0, watchedSince: time)
            for other in [time, 1_800_000_000] {
                #expect(
                    schedule.due(lastStart: other, since: time, keyCreated: other, plan: "p", host: "h").map { $0 >= 0 }
                        ?? true
                )
                _ = schedule.nextStart(
                    now: time,
                    watchedSince: other,
                    lastStart: other,
                    since: time,
                    keyCreated: time,
                    plan: "p",
                    host: "h"
                )
                _ = schedule.times(after: time, count: 2, plan: "p", host: "h", keyCreated: other)
            }
        }
    }

    @Test func whatMakesNoScheduleIsRefused() throws {
        let window = try ScheduleWindow(from: "00:00", to: "01:00")
        #expect(throws: ScheduleError.self) { try PlanSchedule() }
        #expect(throws: ScheduleError.self) { try PlanSchedule(maximumAge: .seconds(59)) }
        #expect(throws: ScheduleError.self) { try PlanSchedule(maximumAge: .seconds(Int64.max)) }
        #expect(throws: ScheduleError.self) { try PlanSchedule(maximumAge: .seconds(60), splay: -1) }
        #expect(throws: ScheduleError.self) { try PlanSchedule(maximumAge: .seconds(60), splay: 604_801) }
        let windows = Array(repeating: window, count: 65)
        #expect(throws: ScheduleError.self) { try PlanSchedule(maximumAge: .seconds(60), windows: windows) }
        #expect(throws: Never.self) { try PlanSchedule(maximumAge: .seconds(60), splay: 604_800) }
    }
}
