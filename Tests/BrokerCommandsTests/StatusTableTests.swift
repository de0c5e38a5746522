import BrokerAPI
import FoundationEssentials
import Testing

@testable import BrokerCommands

@Suite struct StatusTableTests {
    private func profile(
        _ name: String = "reports",
        issuedAt: Int? = 1_000,
        expiresAt: Int? = 4_600,
        expiresIn: Int? = 1_800,
        lastError: String? = nil
    ) -> StatusResponse.Profile {
        .init(
            name: name,
            state: "fresh",
            expiresAt: expiresAt,
            issuedAt: issuedAt,
            expiresIn: expiresIn,
            nextAttemptIn: 61,
            breaker: "closed",
            consecutiveFailures: 0,
            lastError: lastError
        )
    }

    private func lines(_ profiles: StatusResponse.Profile..., keyIDs: [String] = ["k1", "k2"]) -> [String] {
        let text = StatusTable(StatusResponse(version: "1.2.3", profiles: profiles, keyIDs: keyIDs), now: Date()).text
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func columnsAreAligned() {
        let absent = profile("b", issuedAt: nil, expiresAt: nil, expiresIn: nil, lastError: "iam answered 400")
        #expect(
            lines(profile(), absent) == [
                "iam-brokerd 1.2.3",
                "keys: k1, k2",
                "",
                "PROFILE  STATE  LIFETIME                     EXPIRES IN  NEXT ATTEMPT  BREAKER  FAILURES",
                "reports  fresh  [##########----------]  50%  30m 0s      1m 1s         closed   0",
                "b        fresh  -                            -           1m 1s         closed   0",
                "b: iam answered 400",
                "",
            ]
        )
    }

    @Test func eachSigningKeyHasALine() {
        func key(_ id: String, _ state: String, first: Int, last: Int, ends: Int?) -> StatusResponse.SigningKey {
            .init(
                keyID: id,
                state: state,
                firstSeen: first,
                lastSeen: last,
                withdrawnAt: nil,
                lastTokenEndsAt: ends,
                now: 100_000
            )
        }
        let keys = [
            key("new\u{1B}", "published", first: 99_000, last: 99_995, ends: 103_600),
            key("old", "kept", first: 5_000, last: 96_400, ends: 100_059),
            key("ahead", "withdrawn", first: 100_001, last: 100_001, ends: 99_999),
            key("unused", "withdrawn", first: 0, last: 0, ends: nil),
        ]
        let text = StatusTable(
            StatusResponse(version: "1", profiles: [], keyIDs: ["new"], signingKeys: keys),
            now: Date()
        )
        .text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines.suffix(7) == [
                "",
                "SIGNING KEY  STATE      FIRST SEEN   LAST SEEN  LAST TOKEN ENDS IN",
                "new\\u{1b}    published  16m 40s ago  5s ago     1h 0m",
                "old          kept       1d 2h ago    1h 0m ago  59s",
                "ahead        withdrawn  0s ago       0s ago     0s",
                "unused       withdrawn  1d 3h ago    1d 3h ago  -",
                "",
            ]
        )
    }

    @Test(arguments: [
        (3_600, "[####################] 100%"), (3_599, "[####################]  99%"),
        (1, "[--------------------]   0%"),
        (0, "[--------------------]   0%"), (-5, "[--------------------]   0%"),
        (Int.max, "[####################] 100%"),
        (Int.min, "[--------------------]   0%"),
    ])
    func theBarShowsWhatRemains(expiresIn: Int, bar: String) {
        let row = lines(profile(expiresIn: expiresIn))[4]
        #expect(row.contains(bar))
    }

    @Test(arguments: [(5, 5), (6, 5), (Int.max, Int.min)])
    func aTokenWithoutALifeHasNoBar(issuedAt: Int, expiresAt: Int) {
        #expect(!lines(profile(issuedAt: issuedAt, expiresAt: expiresAt))[4].contains("["))
    }

    @Test(arguments: [
        (1_788_256_800, "reports: locked by an operator since 2026-09-01T10:00:00Z"),
        (Int.max, "reports: locked by an operator since 9223372036854775807"),
    ])
    func aLockIsSaidBelow(since: Int, line: String) {
        var locked = profile(issuedAt: nil, expiresAt: nil, expiresIn: nil)
        (locked.state, locked.lockedSince) = ("locked", since)
        #expect(lines(locked)[4].hasPrefix("reports  locked  -"))
        #expect(lines(locked)[5] == line)
    }

    @Test func anExtremeLifeDoesNotTrap() {
        #expect(lines(profile(issuedAt: .min, expiresAt: .max))[4].contains("0%"))
    }

    @Test func nothingFromTheDaemonReachesTheTerminalRaw() {
        let text = lines(profile("\u{1B}[2J", lastError: "got eyJhbGciOiJSUzI1NiJ9.e30.c2ln\u{7}"), keyIDs: ["\u{9B}"])
            .joined()
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
        #expect(text.contains("got <redacted>"))
        #expect(lines(keyIDs: []).contains("keys: none"))
    }

    @Test func policyAndAuditLogAreShown() {
        let policy = StatusResponse.Policy(
            generation: 3,
            loadedAt: 1_000,
            grants: 2,
            denials: 1,
            lastError: "a.yaml:3: bad\nb.yaml:4: worse"
        )
        let audit = StatusResponse.Audit(
            file: "/a/audit.jsonl",
            written: 7,
            queued: 0,
            lost: 2,
            isFailing: true,
            lastError: "no space\u{1B}[2J",
            head: "7:00"
        )
        let status = StatusResponse(version: "1", profiles: [], keyIDs: [], policy: policy, audit: audit)
        let lines = StatusTable(status, now: Date()).text.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix(9)
        #expect(
            Array(lines) == [
                "iam-brokerd 1", "keys: none", "policy: 3 (grants: 2, denials: 1)",
                "  the last change was refused, and this policy stays in force:", "  a.yaml:3: bad",
                "  b.yaml:4: worse",
                "audit: /a/audit.jsonl, CANNOT BE WRITTEN, 2 events lost", "  no space\\u{1b}[2J", "",
            ]
        )
    }
}
