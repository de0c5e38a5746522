import BrokerAPI
import Foundation
import Testing

@testable import BrokerCommands

/// Where plans stand, on a terminal.
struct RotationTableTests {
    private static let now = 1_788_256_800
    private static let uuid = "ApiKey-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"

    private static func text(_ plans: RotationsResponse.Plan...) -> String {
        RotationTable(
            RotationsResponse(rotations: plans),
            now: Date(timeIntervalSince1970: TimeInterval(now) + 0.9)
        )
        .text
    }

    private static func lines(_ plans: RotationsResponse.Plan...) -> [String] {
        RotationTable(RotationsResponse(rotations: plans), now: Date(timeIntervalSince1970: TimeInterval(now))).text
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func plan(
        _ name: String = "archive",
        state: String = "waiting",
        reason: String? = nil,
        nextAt: Int? = now + 89 * 86_400 + 82_800,
        key: String? = uuid,
        rotation: RotationsResponse.Rotation? = nil,
        failures: Int = 0,
        lastFailure: String? = nil
    ) -> RotationsResponse.Plan {
        RotationsResponse.Plan(
            name: name,
            kind: "iam-api-key",
            profile: "rotator",
            state: state,
            reason: reason,
            nextAt: nextAt,
            key: key.map { .init(id: $0, createdAt: now - 3_600, verifiedAt: nil, publishedAt: nil) },
            rotation: rotation,
            failures: failures,
            lastFailure: lastFailure,
            sinks: [],
            maximumAge: 90 * 86_400
        )
    }

    private static func rotation(
        until: Int? = now + 50_400,
        lastFault: String? = nil,
        attempts: Int = 0,
        missing: [String] = []
    ) -> RotationsResponse.Rotation {
        let states = ["plan": "done", "create": "done", "overlap": "now", "delete": "ahead"]
        return RotationsResponse.Rotation(
            id: "00000000000000ff",
            startedAt: now - 36_000,
            phase: "overlap",
            since: now - 35_000,
            until: until,
            phases: ["plan", "create", "overlap", "delete"].map { .init(name: $0, state: states[$0] ?? "") },
            attempts: attempts,
            lastFault: lastFault,
            newKey: "ApiKey-new",
            oldKey: "ApiKey-old",
            missing: missing
        )
    }

    @Test func withoutPlansThatIsSaid() {
        #expect(Self.text() == "no plan is configured\n")
    }

    @Test func columnsAreAlignedWithinEightyOfThem() {
        let lines = Self.lines(
            Self.plan(),
            Self.plan("new", state: "unknown", reason: "the disk is full", nextAt: nil, key: nil)
        )
        #expect(
            lines == [
                "PLAN     KIND         STATE    KEY            AGE              NEXT",
                "archive  iam-api-key  waiting  …0e1b2d3f4a5b  1h 0m of 90d 0h  in 89d 23h",
                "new      iam-api-key  unknown  -              -                -",
                "",
                "new:",
                "  unknown: the disk is full",
                "",
            ]
        )
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test func aRotationUnderWayHasABarAndWhatItWaitsFor() {
        let rotation = Self.rotation(
            lastFault: "the service answered 503",
            attempts: 3,
            missing: ["reports", "billing"]
        )
        #expect(
            Self.lines(Self.plan(state: "rotating", nextAt: nil, rotation: rotation)).dropFirst(2) == [
                "",
                "archive:",
                "  rotation 00000000000000ff, begun 10h 0m ago",
                "  [### ### #>- ---] overlap, 14h 0m left",
                "  new key: ApiKey-new",
                "  old key: ApiKey-old",
                "  not acknowledged: reports, billing",
                "  last problem (3 attempts): the service answered 503",
                "",
            ]
        )
    }

    @Test(arguments: [nil, now, now - 1, Int.min] as [Int?])
    func whatHasNoEndAheadHasNoTimeLeft(until: Int?) {
        let lines = Self.lines(Self.plan(state: "rotating", rotation: Self.rotation(until: until)))
        #expect(lines.contains("  [### ### #>- ---] overlap"))
    }

    @Test func failuresAreCountedWithTheLastReason() {
        let lines = Self.lines(
            Self.plan(state: "halted", reason: "run: x", nextAt: nil, failures: 3, lastFailure: "quota")
        )
        #expect(lines.contains("  halted: run: x"))
        #expect(lines.contains("  failed 3 times since the last success, the last because quota"))
    }

    @Test func aDueTimeThatIsPastIsNow() {
        #expect(Self.lines(Self.plan(nextAt: Self.now - 50))[1].hasSuffix("in 0s"))
    }

    private static let hostile = "\u{1B}[2J\u{9B}\u{7}\u{202E}eyJhbGciOiJSUzI1NiJ9.e30.c2ln"

    @Test func nothingFromTheDaemonReachesTheTerminalRaw() {
        var rotation = Self.rotation(lastFault: Self.hostile, missing: [Self.hostile])
        (rotation.id, rotation.phase) = (Self.hostile, Self.hostile)
        (rotation.newKey, rotation.oldKey) = (Self.hostile, Self.hostile)
        var plan = Self.plan(
            Self.hostile,
            state: Self.hostile,
            reason: Self.hostile,
            key: Self.hostile,
            rotation: rotation,
            failures: 1,
            lastFailure: Self.hostile
        )
        plan.kind = Self.hostile
        check(Self.text(plan).replacing("\n", with: ""))
    }

    @Test func norDoesWhatOtherCommandsPrint() {
        let hostile = Self.hostile
        let event = RotationHistoryResponse.Event(
            at: .max,
            plan: hostile,
            rotation: hostile,
            kind: hostile,
            detail: hostile
        )
        let line = RotationHistoryCommand.line(event)
        check(line)
        #expect(!line.contains("c2ln"))
        let step = RotationRehearsalResponse.Step(at: 0, phase: hostile, action: hostile, requests: [hostile])
        let answer = RotationRehearsalResponse(plan: "p", steps: [step], refusal: nil)
        check(RotationPlanCommand.lines(answer).joined())
        let orphan = RotationOrphansResponse.Orphan(
            plan: hostile,
            key: hostile,
            name: hostile,
            createdAt: .max,
            lastUse: .min,
            isKnown: false
        )
        check(RotationOrphansCommand.lines(RotationOrphansResponse(orphans: [orphan], failures: [])).joined())
    }

    private func check(_ text: String) {
        let isSafe = !text.unicodeScalars.contains {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
        }
        #expect(isSafe, "\(text.debugDescription)")
    }

    @Test(arguments: [
        ("short", "short"), ("1234567890123", "1234567890123"), ("12345678901234", "…345678901234"),
        (uuid, "…0e1b2d3f4a5b"), ("", ""),
    ])
    func ofALongKeyTheEndIsShown(id: String, shown: String) {
        #expect(RotationTable.shortened(id) == shown)
    }

    @Test func anExtremeTimeDoesNotTrap() {
        var plan = Self.plan(nextAt: .max)
        plan.key?.createdAt = .min
        plan.maximumAge = .max
        plan.rotation = Self.rotation(until: .min)
        plan.rotation?.startedAt = .min
        #expect(Self.text(plan).hasPrefix("PLAN"))
        plan.key?.createdAt = .max
        plan.nextAt = .min
        plan.rotation?.startedAt = .max
        plan.rotation?.until = .max
        #expect(Self.text(plan).hasPrefix("PLAN"))
    }
}
