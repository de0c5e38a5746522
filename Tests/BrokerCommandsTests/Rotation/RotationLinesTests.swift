import BrokerAPI
import Testing

@testable import BrokerCommands

/// History, rehearsals and orphans, on a terminal.
struct RotationLinesTests {
    private static func event(_ kind: String, at: Int = 1_788_256_800) -> RotationHistoryResponse.Event {
        .init(at: at, plan: "archive", rotation: "00000000000000ff", kind: kind, detail: "ApiKey-1")
    }

    @Test func anEventIsALine() {
        #expect(
            RotationHistoryCommand.line(Self.event("created"))
                == "2026-09-01T10:00:00Z  archive  00000000000000ff  created  ApiKey-1"
        )
        var other = Self.event("paused", at: -1)
        (other.rotation, other.detail) = (nil, "by eyJhbGciOiJSUzI1NiJ9.e30.c2ln")
        #expect(RotationHistoryCommand.line(other) == "-1  archive  -  paused  by <redacted>")
    }

    @Test func aRehearsalTellsEachStepWithItsRequests() {
        let steps = [
            RotationRehearsalResponse.Step(
                at: 100,
                phase: "plan",
                action: "list the keys",
                requests: ["GET a", "GET b"]
            ),
            .init(at: 3_700, phase: "overlap", action: "wait", requests: []),
        ]
        #expect(
            RotationPlanCommand.lines(RotationRehearsalResponse(plan: "archive", steps: steps, refusal: nil)) == [
                "AFTER  PHASE    ACTION",
                "0s     plan     list the keys",
                "    GET a",
                "    GET b",
                "1h 0m  overlap  wait",
            ]
        )
        let nothing = RotationRehearsalResponse(plan: "archive", steps: [], refusal: nil)
        #expect(RotationPlanCommand.lines(nothing) == ["nothing is to be done"])
    }

    @Test func orphansAreATable() {
        let orphans = [
            RotationOrphansResponse.Orphan(
                plan: "archive",
                key: "ApiKey-1",
                name: nil,
                createdAt: 1_788_256_800,
                lastUse: nil,
                isKnown: true
            )
        ]
        #expect(
            RotationOrphansCommand.lines(RotationOrphansResponse(orphans: orphans, failures: [])) == [
                "PLAN     KEY       MADE                  LAST USED  KNOWN HERE",
                "archive  ApiKey-1  2026-09-01T10:00:00Z  -          yes",
            ]
        )
        #expect(RotationOrphansCommand.lines(RotationOrphansResponse(orphans: [], failures: [])) == ["no orphans"])
        // What is not known is not none.
        let failed = RotationOrphansResponse(orphans: [], failures: [.init(plan: "archive", message: "403")])
        #expect(RotationOrphansCommand.lines(failed) == [])
    }

    @Test(
        arguments: [
            ([], ["a"], ["a"]), (["a"], ["a"], []), (["a"], ["b", "a"], ["b"]),
            (["b", "a"], ["d", "c", "b", "a"], ["d", "c"]),
            // The oldest are not given any more.
            (["b", "a"], ["c", "b"], ["c"]), (["b", "a"], ["d", "c"], ["d", "c"]), (["a"], ["a", "a"], ["a"]),
            ([], [], []), (["a"], [], []),
        ] as [([String], [String], [String])]
    )
    func whatIsNewInTheHistoryIsToldOnce(seen: [String], now: [String], fresh: [String]) {
        let events = RotationRunCommand.fresh(now.map { Self.event($0) }, since: seen.map { Self.event($0) })
        #expect(events.map(\.kind) == fresh)
    }
}
