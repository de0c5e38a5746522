import FoundationEssentials
import Testing

@testable import BrokerCommands

@Suite struct TimeInWordsTests {
    @Test(arguments: [
        (0, "now"), (0.9, "now"), (-0.9, "now"), (1, "in 1 second"), (59.9, "in 59 seconds"), (60, "in 1 minute"),
        (2_520, "in 42 minutes"), (3_599, "in 59 minutes"), (3_600, "in 1 hour"), (86_399, "in 23 hours"),
        (86_400, "in 1 day"), (-7_200, "2 hours ago"), (-63_115_200, "2 years ago"),
    ])
    func aDistanceIsSaidInItsLargestUnit(seconds: Double, expected: String) {
        #expect(TimeInWords.distance(seconds) == expected)
    }

    @Test(arguments: [
        (1_788_260_400, "2026-09-01T11:00:00Z (in 42 minutes)"),
        (1_788_260_400.9, "2026-09-01T11:00:00Z (in 42 minutes)"),
        (0, "1970-01-01T00:00:00Z (56 years ago)"), (253_402_300_799, "9999-12-31T23:59:59Z (in 7973 years)"),
        (253_402_300_800, nil), (-1, nil), (.infinity, nil), (.nan, nil),
    ])
    func onlyTimesThatExistAreDescribed(seconds: Double, expected: String?) {
        let now = Date(timeIntervalSince1970: 1_788_257_880)
        #expect(TimeInWords.describe(secondsSince1970: seconds, now: now) == expected)
    }

    @Test(arguments: [
        (0, "0s"), (59, "59s"), (60, "1m 0s"), (3_599, "59m 59s"), (3_600, "1h 0m"), (86_399, "23h 59m"),
        (86_400, "1d 0h"),
        (-90, "-1m 30s"), (Int.min, "-106751991167300d 15h"),
    ])
    func tablesHaveTwoUnits(seconds: Int, expected: String) {
        #expect(TimeInWords.short(seconds: seconds) == expected)
    }
}
