import AccessPolicy
import DocumentReader
import Foundation
import Testing

/// The terms of a grant at the boundaries of what they may say.
struct GrantTermsTests {
    @Test(
        arguments: [
            ("1/s", Rate(count: 1, per: .seconds(1))), ("60/m", Rate(count: 60, per: .seconds(60))),
            ("1000000/h", Rate(count: 1_000_000, per: .seconds(3_600))), ("unlimited", nil),
        ] as [(String, Rate?)]
    )
    func aRateIsRead(text: String, rate: Rate?) throws {
        #expect(try Self.grant("rate: \(text)").rate == rate)
    }

    @Test func withoutARateThereIsAStandardOne() throws {
        #expect(try Self.grant("mode: enforce").rate == .standard)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-23T12:00:00Z", 1_795_435_200),
            ("2026-11-23T13:00:00+01:00", 1_795_435_200), ("2026-11-23T08:30:00-03:30", 1_795_435_200),
            ("2024-02-29T00:00:00Z", 1_709_164_800), ("2000-02-29T00:00:00Z", 951_782_400),
            ("2100-03-01T00:00:00Z", 4_107_542_400), ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("\"1970-01-01T00:00:00+23:59\"", -86_340),
        ]
    )
    func anInstantIsRead(text: String, seconds: Int) throws {
        let validity = try Self.grant("not_before: \(text)").validity
        #expect(validity.notBefore == Date(timeIntervalSince1970: TimeInterval(seconds)))
        #expect(validity.notAfter == nil)
        #expect(try Self.grant("not_after: \(text)").validity.notAfter == validity.notBefore)
    }

    @Test(
        arguments: [
            ("rate: 0/m", "rate", rate), ("rate: 1000001/s", "rate", rate), ("rate: 60", "rate", rate),
            ("rate: 60/d", "rate", rate), ("rate: 60/m/s", "rate", rate), ("rate: -1/m", "rate", rate),
            ("rate: +1/m", "rate", rate), ("rate: 1.5/s", "rate", rate), ("rate: /s", "rate", rate),
            ("rate: 99999999999999999999/s", "rate", rate), ("rate: none", "rate", rate),

            ("not_before: 2026-11-23", "not_before", instant), ("not_before: noon", "not_before", instant),
            ("not_after: 2026-11-23T12:00:00", "not_after", instant),
            ("not_after: 2026-11-23 12:00:00Z", "not_after", instant),
            ("not_after: 2026-11-23t12:00:00z", "not_after", instant),
            ("not_after: 2026-11-23T12:00:00.5Z", "not_after", instant),
            ("not_after: 2026-13-01T12:00:00Z", "not_after", instant),
            ("not_after: 2026-02-29T12:00:00Z", "not_after", instant),
            ("not_after: 2100-02-29T12:00:00Z", "not_after", instant),
            ("not_after: 2026-04-31T12:00:00Z", "not_after", instant),
            ("not_after: 2026-11-00T12:00:00Z", "not_after", instant),
            ("not_after: 2026-11-23T24:00:00Z", "not_after", instant),
            ("not_after: 2026-11-23T12:60:00Z", "not_after", instant),
            ("not_after: 2026-12-31T23:59:60Z", "not_after", instant),
            ("not_after: 2026-11-23T12:00:00+0100", "not_after", instant),
            ("not_after: 2026-11-23T12:00:00+24:00", "not_after", instant),
            ("not_after: 1969-12-31T23:59:59Z", "not_after", instant),

            ("metadata: instance", "metadata", "must be a list"),
            ("metadata: [/instance]", "metadata[0]", path), ("metadata: [instance/]", "metadata[0]", path),
            ("metadata: [a, ../b]", "metadata[1]", path), ("metadata: [a//b]", "metadata[0]", path),
            ("metadata: [Instance]", "metadata[0]", path), ("metadata: ['a*']", "metadata[0]", path),
            ("metadata: ['']", "metadata[0]", path),

            ("min_ttl: 3601s", "min_ttl", "must be a time span from 0s to 3600s, such as 5s or 10m"),
            ("min_ttl: 300", "min_ttl", "must be a time span from 0s to 3600s, such as 5s or 10m"),
            ("min_ttl: 500ms", "min_ttl", "must be whole seconds"),
            ("mode: true", "mode", "must be enforce or observe"),
        ]
    )
    func aTermIsRefused(line: String, key: String, message: String) {
        let error = #expect(throws: DocumentErrors.self) { try Self.grant(line) }
        #expect(error?.description == "p.yaml:6: grants[0].\(key): \(message)")
    }

    @Test(arguments: [
        (["instance"], "[instance]"),
        (["placement_groups", "instance/network-interfaces/0"], "[placement_groups, instance/network-interfaces/0]"),
        ([], "[]"),
    ])
    func metadataPathsAreRead(paths: [String], text: String) throws {
        #expect(try Self.grant("metadata: \(text)").metadata == paths)
    }

    @Test(arguments: [("0s", 0), ("10m", 600), ("1h", 3_600), ("3600s", 3_600), ("2000ms", 2)])
    func aLargestMinimumTTLIsRead(text: String, seconds: Int) throws {
        #expect(try Self.grant("min_ttl: \(text)").largestMinimumTTL == seconds)
    }

    private static let rate = "must be 1 to 1000000 in a second, minute or hour, such as 60/m, or unlimited"
    private static let instant =
        "must be a time with its zone, such as 2026-11-23T12:00:00Z or 2026-11-23T13:00:00+01:00"
    private static let path =
        "must be a path of the metadata service such as instance or instance/network_interfaces: a-z, 0-9, '_', '-', and '/' inside"

    static func grant(_ line: String) throws -> Grant {
        let text = "version: 1\ngrants:\n  - name: a\n    profiles: [reports]\n    workloads: []\n    \(line)"
        return try #require(try PolicyDecisionTests.document(text).grants.first)
    }
}
