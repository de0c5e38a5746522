import AccessPolicy
import DocumentReader
import Foundation
import Testing

/// Hours by the clock on the wall, also when it is set.
struct WeeklyHoursTests {
    private static let berlin = #"{ days: [mon-fri], from: "08:00", to: "18:00", zone: Europe/Berlin }"#
    /// The hour that is missing in spring and is there twice in autumn.
    private static let leap = #"{ days: [sun], from: "02:00", to: "03:00", zone: Europe/Berlin }"#
    /// Half an hour, which the clocks of this island are set by.
    private static let island = #"{ days: [sun], from: "01:30", to: "02:00", zone: Australia/Lord_Howe }"#

    @Test(
        arguments: [
            // Winter: UTC+1. Monday.
            (berlin, "2026-11-23T06:59:59Z", false), (berlin, "2026-11-23T07:00:00Z", true),
            (berlin, "2026-11-23T16:59:59Z", true), (berlin, "2026-11-23T17:00:00Z", false),
            // Summer: UTC+2. Friday, Saturday.
            (berlin, "2026-07-17T05:59:59Z", false), (berlin, "2026-07-17T06:00:00Z", true),
            (berlin, "2026-07-17T15:59:59Z", true), (berlin, "2026-07-17T16:00:00Z", false),
            (berlin, "2026-07-18T10:00:00Z", false),

            // 2027-03-28, 01:00Z: the clocks go from 2 to 3.
            (leap, "2027-03-28T00:59:59Z", false), (leap, "2027-03-28T01:00:00Z", false),
            (leap, "2027-03-28T01:59:59Z", false),
            // 2027-10-31, 01:00Z: from 3 back to 2.
            (leap, "2027-10-30T23:59:59Z", false), (leap, "2027-10-31T00:00:00Z", true),
            (leap, "2027-10-31T01:00:00Z", true), (leap, "2027-10-31T01:59:59Z", true),
            (leap, "2027-10-31T02:00:00Z", false),

            // 2027-04-03, 15:00Z: from 2:00 back to 1:30.
            (island, "2027-04-03T14:29:59Z", false), (island, "2027-04-03T14:30:00Z", true),
            (island, "2027-04-03T14:59:59Z", true), (island, "2027-04-03T15:00:00Z", true),
            (island, "2027-04-03T15:29:59Z", true), (island, "2027-04-03T15:30:00Z", false),
            // In winter half an hour later by UTC than in summer.
            (island, "2027-07-10T14:59:59Z", false), (island, "2027-07-10T15:00:00Z", true),

            // Over midnight, and over the end of the week.
            (#"{ days: [sat], from: "22:00", to: "04:00", zone: UTC }"#, "2026-11-21T21:59:59Z", false),
            (#"{ days: [sat], from: "22:00", to: "04:00", zone: UTC }"#, "2026-11-21T22:00:00Z", true),
            (#"{ days: [sat], from: "22:00", to: "04:00", zone: UTC }"#, "2026-11-22T03:59:59Z", true),
            (#"{ days: [sat], from: "22:00", to: "04:00", zone: UTC }"#, "2026-11-22T04:00:00Z", false),
            (#"{ days: [sat], from: "22:00", to: "04:00", zone: UTC }"#, "2026-11-21T03:00:00Z", false),
            // The same time twice: 24 hours.
            (#"{ days: [mon], from: "12:00", to: "12:00", zone: UTC }"#, "2026-11-23T11:59:59Z", false),
            (#"{ days: [mon], from: "12:00", to: "12:00", zone: UTC }"#, "2026-11-23T12:00:00Z", true),
            (#"{ days: [mon], from: "12:00", to: "12:00", zone: UTC }"#, "2026-11-24T11:59:59Z", true),
            (#"{ days: [mon], from: "12:00", to: "12:00", zone: UTC }"#, "2026-11-24T12:00:00Z", false),
            // Midnight, in both spellings.
            (#"{ days: [mon], from: "18:00", to: "24:00", zone: UTC }"#, "2026-11-23T23:59:59Z", true),
            (#"{ days: [mon], from: "18:00", to: "24:00", zone: UTC }"#, "2026-11-24T00:00:00Z", false),
            (#"{ days: [mon], from: "18:00", to: "00:00", zone: UTC }"#, "2026-11-23T23:59:59Z", true),
            (#"{ days: [mon], from: "00:00", to: "24:00", zone: UTC }"#, "2026-11-23T00:00:00Z", true),
            (#"{ days: [mon], from: "00:00", to: "00:00", zone: UTC }"#, "2026-11-24T00:00:00Z", false),
            // Days.
            (#"{ days: [fri-mon], from: "00:00", to: "24:00", zone: UTC }"#, "2026-11-23T00:00:00Z", true),
            (#"{ days: [fri-mon], from: "00:00", to: "24:00", zone: UTC }"#, "2026-11-24T00:00:00Z", false),
            (#"{ days: [sun, tue], from: "00:00", to: "24:00", zone: UTC }"#, "2026-11-23T00:00:00Z", false),
            (#"{ from: "00:00", to: "24:00", zone: UTC }"#, "2026-11-23T00:00:00Z", true),
        ]
    )
    func holdAtTheirBoundaries(hours: String, instant: String, holds: Bool) throws {
        let grant = try GrantTermsTests.grant("hours: [\(hours)]")
        let now = try #require(try GrantTermsTests.grant("not_before: \(instant)").validity.notBefore)
        #expect(grant.validity.holds(at: now) == holds)
    }

    @Test(
        arguments: [
            ("zone: Europe/Berln", "zone", zone), ("zone: EST", "zone", zone), ("zone: CET", "zone", zone),
            ("zone: GMT+3", "zone", zone), ("zone: utc", "zone", zone), ("zone: Mars/Olympus", "zone", zone),
            ("zone: europe/berlin", "zone", zone), ("zone: ../../etc/passwd", "zone", zone), ("zone: ''", "zone", zone),
            ("from: \"24:00\"", "from", "must be a time of day from 00:00 to 23:59"),
            ("from: \"8:00\"", "from", "must be a time of day from 00:00 to 23:59"),
            ("from: \"08:60\"", "from", "must be a time of day from 00:00 to 23:59"),
            ("from: \"08:00:00\"", "from", "must be a time of day from 00:00 to 23:59"),
            ("from: \"+8:00\"", "from", "must be a time of day from 00:00 to 23:59"),
            ("to: \"24:01\"", "to", "must be a time of day from 00:00 to 24:00"),
            ("to: 18", "to", "must be a time of day from 00:00 to 24:00"),
            ("days: [Monday]", "days[0]", day), ("days: [mon-]", "days[0]", day),
            ("days: [mon-wed-fri]", "days[0]", day),
            ("days: [tue, '']", "days[1]", day), ("days: mon-fri", "days", "must be a list"),
            ("days: []", "days", "must name at least one day"),
            ("at: noon", "at", "unknown key; known here: days, from, to, zone"),
        ]
    )
    func areRefused(member: String, key: String, message: String) {
        let name = member.prefix { $0 != ":" }
        let others = ["days: [mon]", "from: \"08:00\"", "to: \"18:00\"", "zone: UTC"]
            .filter { !$0.hasPrefix("\(name):") }
        let error = #expect(throws: DocumentErrors.self) {
            try GrantTermsTests.grant("hours: [{ \((others + [member]).joined(separator: ", ")) }]")
        }
        #expect(error?.description == "p.yaml:6: grants[0].hours[0].\(key): \(message)")
    }

    @Test(arguments: ["from", "to", "zone"])
    func needTheirMembers(name: String) {
        let members = ["from: \"08:00\"", "to: \"18:00\"", "zone: UTC"].filter { !$0.hasPrefix(name) }
        let error = #expect(throws: DocumentErrors.self) {
            try GrantTermsTests.grant("hours: [{ \(members.joined(separator: ", ")) }]")
        }
        #expect(error?.description == "p.yaml:6: grants[0].hours[0]: key '\(name)' is missing")
    }

    @Test func aListWithoutHoursIsRefused() {
        let error = #expect(throws: DocumentErrors.self) { try GrantTermsTests.grant("hours: []") }
        #expect(
            error?.description
                == "p.yaml:6: grants[0].hours: must have at least one entry; without 'hours' a grant holds at any hour"
        )
    }

    private static let zone = "must be a time zone of the IANA database, such as Europe/Berlin, or UTC"
    private static let day =
        "must be a day or a range of days: sun, mon, tue, wed, thu, fri, sat, or such as mon-fri"
}
