import Testing

@testable import TokenBroker

/// When the key set is fetched again.
struct KeySetScheduleTests {
    @Test func nothingIsLookedAtThatWasNeverFetched() {
        var schedule = KeySetSchedule()
        #expect(schedule.nextLook(draw: { 0.5 }) == nil)
    }

    @Test(arguments: [(0.0, 60.0, 2_880.0), (0.5, 1_650, 3_240), (1, 3_600, 3_600)])
    func theFirstLookIsAnywhereInTheHourAndThoseThatFollowAreNearItsEnd(draw: Double, first: Double, second: Double) {
        var schedule = KeySetSchedule()
        schedule.fetched(now: .zero)
        #expect(schedule.nextLook(draw: { draw }) == .seconds(first))
        schedule.fetched(now: .seconds(first))
        #expect(schedule.nextLook(draw: { draw }) == .seconds(first + second))
    }

    @Test func theDrawIsMadeOnce() {
        var schedule = KeySetSchedule()
        schedule.fetched(now: .zero)
        #expect(schedule.nextLook(draw: { 0.5 }) == .seconds(1_650))
        #expect(schedule.nextLook(draw: { 0 }) == .seconds(1_650))
    }

    @Test(
        arguments: [(nil, 0.0, 60), (nil, 1, 120), (10, 1, 120), (600, 0, 600), (600, 1, 900)] as [(Int?, Double, Int)]
    )
    func aFailureWaitsForAsLongAsItIsToldAndSpreads(asked: Int?, draw: Double, seconds: Int) {
        var schedule = KeySetSchedule()
        schedule.fetched(now: .zero)
        _ = schedule.nextLook(draw: { 1 })
        schedule.failed(now: .seconds(3_600), asked: asked.map { .seconds($0) })
        #expect(schedule.nextLook(draw: { draw }) == .seconds(3_600 + seconds))
    }

    @Test func aFailureMovesNoLaterLook() {
        var schedule = KeySetSchedule()
        schedule.fetched(now: .zero)
        #expect(schedule.nextLook(draw: { 1 }) == .seconds(3_600))
        schedule.failed(now: .seconds(3_600), asked: nil)
        _ = schedule.nextLook(draw: { 0 })
        schedule.fetched(now: .seconds(4_600))
        // 1,000 seconds late; the interval is the shortest one.
        #expect(schedule.nextLook(draw: { 0 }) == .seconds(3_600 + 2_880))
    }
}
