import BrokerAPI
import FoundationEssentials
import Testing

@testable import BrokerCommands

/// One picture of top: a function of what is known and of the screen.
struct TopFrameTests {
    private static let now = 1_788_256_800

    private func state(_ change: (inout TopState) -> Void = { _ in }) -> TopState {
        var state = TopState(now: Date(timeIntervalSince1970: Double(Self.now)), interval: 1)
        state.status = StatusResponse(
            version: "0.1.0",
            profiles: [
                .init(
                    name: "reports",
                    state: "fresh",
                    expiresAt: Self.now + 2_400,
                    issuedAt: Self.now - 1_200,
                    expiresIn: 2_400,
                    nextAttemptIn: 900,
                    breaker: "closed",
                    consecutiveFailures: 0
                ),
                .init(name: "archive", state: "locked", breaker: "closed", consecutiveFailures: 0),
            ],
            keyIDs: [],
            health: HealthResponse(status: "ok", findings: [])
        )
        let unit = ActivityResponse.Workload(kind: "unit", name: "reports.service", userID: 1_001)
        state.activity = ActivityResponse(
            now: Self.now,
            profiles: [.init(name: "reports", outcomes: ["released": 1_234, "denied": 3, "unavailable": 1])],
            workloads: [.init(workload: unit, profile: "reports", released: 1_234)],
            lastDenials: [
                .init(
                    decision: "00c0ffee00c0ffee",
                    firstAt: Self.now - 9,
                    lastAt: Self.now - 5,
                    count: 3,
                    profile: "archive",
                    workload: .init(kind: "executable", name: "/usr/bin/curl", userID: 7),
                    userID: 7,
                    reason: "no_grant_matches",
                    message: "no grant matches"
                )
            ]
        )
        change(&state)
        return state
    }

    private func text(_ state: TopState, _ columns: Int = 80, _ rows: Int = 24) -> [String] {
        TopFrame(state, columns: columns, rows: rows).lines.map(\.text)
    }

    @Test func theUsualScreenHasEverything() {
        #expect(
            text(state()) == [
                "iam-broker 0.1.0  READY                            2026-09-01T10:00:00Z  q: quit",
                "",
                "PROFILES        STATE    LIFE, | REFRESH   ENDS IN   REFRESH     TOKENS  REFUSED",
                "reports         fresh    [#####|###-----]  40m 0s    15m 0s        1234        4",
                "archive         locked   -                 -         -                0        0",
                "",
                "WORKLOADS                            UID  PROFILE            PER MIN      TOKENS",
                "unit reports.service                1001  reports                  -        1234",
                "",
                "LAST DENIALS                    WHO             AGO      TIMES  EXPLAIN",
                "archive: no grant matches       curl            5s           3  00c0ffee00c0ffee",
            ]
        )
    }

    @Test(arguments: [(80, 24), (132, 50), (60, 20), (40, 12), (20, 8), (12, 4), (5, 2), (1, 1), (0, 0), (80, 1)])
    func noLineIsLongerAndNoneTooMuch(columns: Int, rows: Int) {
        let busy = state { state in
            let finding = HealthResponse.Finding(
                severity: "failing",
                subject: "profile",
                name: "reports",
                message: String(repeating: "why ", count: 60),
                commands: ["iam-broker doctor"]
            )
            state.status?.health = HealthResponse(status: "failing", findings: [finding, finding, finding])
            state.trouble = "no answer"
            let denial = state.activity?.lastDenials[0]
            state.activity?.lastDenials = Array(repeating: denial, count: 50).compactMap { $0 }
            state.rotations = [Self.plan]
        }
        let lines = text(busy, columns, rows)
        #expect(lines.count <= rows)
        #expect(lines.allSatisfy { $0.utf8.count <= columns })
        // A narrow screen shows who and how, and a wide one everything.
        if columns >= 40, rows >= 20 { #expect(lines.contains { $0.hasPrefix("LAST DENIALS ") && $0.contains("/50") }) }
    }

    private static let plan = RotationsResponse.Plan(
        name: "api-keys",
        kind: "iam-api-key",
        profile: "reports",
        state: "rotating",
        rotation: .init(
            id: "r",
            startedAt: now - 60,
            phase: "overlap",
            since: now - 30,
            until: now + 90,
            phases: [
                .init(name: "create", state: "done"), .init(name: "overlap", state: "now"),
                .init(name: "delete", state: "ahead"),
            ],
            attempts: 0,
            lastFault: nil,
            newKey: nil,
            oldKey: nil,
            missing: []
        )
    )

    @Test func columnsThatMatterLeastGoFirst() {
        #expect(text(state(), 64)[2] == "PROFILES           STATE    LIFE, | REFRESH   ENDS IN   REFRESH")
        #expect(text(state(), 32)[2] == "PROFILES       STATE    ENDS IN")
        #expect(text(state(), 14)[2] == "PROFILES")
    }

    @Test func noSectionPushesOutAnother() {
        let crowded = state { state in
            let profile = state.status?.profiles[0]
            state.status?.profiles = Array(repeating: profile, count: 30).compactMap { $0 }
            state.rotations = [Self.plan]
        }
        let lines = text(crowded)
        #expect(lines.count == 24)
        #expect(lines.contains { $0.hasPrefix("PROFILES 12/30  ") }, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("archive: no grant matches") })
        #expect(
            lines.contains { $0.hasPrefix("api-keys  create > [overlap] > delete") && $0.hasSuffix("rotating  1m 30s") }
        )
    }

    @Test func whatIsWrongStandsOnTop() {
        let failing = state { state in
            let finding = HealthResponse.Finding(
                severity: "failing",
                subject: "profile",
                name: "reports",
                message: "it has no token",
                commands: ["iam-broker doctor", "iam-broker refresh reports"]
            )
            state.status?.health = HealthResponse(status: "failing", findings: [finding])
            state.trouble = "no answer from the broker"
        }
        let lines = TopFrame(failing, columns: 80, rows: 24).lines
        #expect(lines[0].text.contains("NOT READY") && lines[0].style == .bad)
        #expect(lines[1].text == "NO ANSWER, what is below is older: no answer from the broker")
        #expect(lines[2] == .init(text: "  profile reports: it has no token", style: .bad))
        #expect(lines[3].text == "    do: iam-broker doctor")
    }

    @Test(arguments: ["\u{1B}[2J", "a\nb", "\u{202E}x", "名前", "e\u{0301}", "\u{7F}"])
    func whatOthersChooseMovesNothing(hostile: String) {
        let lines = text(
            state { state in
                let workload = ActivityResponse.Workload(kind: "unit", name: hostile, userID: 1)
                state.activity?.workloads = [.init(workload: workload, profile: "reports", released: 1)]
                state.activity?.lastDenials[0].message = hostile
                state.status?.profiles[0].name = hostile
            }
        )
        let isPlain = lines.allSatisfy { $0.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) } }
        #expect(isPlain)
    }

    @Test func nothingIsKnownBeforeTheFirstAnswer() {
        let empty = TopState(now: Date(timeIntervalSince1970: 0), interval: 1)
        #expect(text(empty) == ["iam-broker   NO ANSWER YET                         1970-01-01T00:00:00Z  q: quit"])
    }

    @Test func ratesAreOfTheLastMinute() {
        var rates = TopRates()
        let workload = ActivityResponse.Workload(kind: "user", name: nil, userID: 7)
        func look(_ released: Int, _ second: Int) -> ActivityResponse.Share {
            let share = ActivityResponse.Share(workload: workload, profile: "reports", released: released)
            rates.note(ActivityResponse(now: 0, profiles: [], workloads: [share]), at: .seconds(second))
            return share
        }
        var share = look(100, 0)
        #expect(rates.perMinute(share) == nil)
        share = look(110, 30)
        #expect(rates.perMinute(share) == 20)
        share = look(110, 60)
        #expect(rates.perMinute(share) == 10)
        share = look(111, 90)
        // From the look a minute ago on.
        #expect(rates.perMinute(share) == 1)
        // The daemon was started again.
        share = look(5, 120)
        #expect(rates.perMinute(share) == nil)
        share = look(6, 150)
        #expect(rates.perMinute(share) == 2)
    }

    @Test func whoTakesMostNowComesFirst() {
        let lines = text(
            state { state in
                func share(_ name: String, _ released: Int) -> ActivityResponse.Share {
                    .init(
                        workload: .init(kind: "unit", name: name, userID: 1),
                        profile: "reports",
                        released: released
                    )
                }
                state.activity?.workloads = [share("slow", 1_000), share("quick", 10)]
                state.rates.note(ActivityResponse(now: 0, profiles: [], workloads: [share("slow", 999)]), at: .zero)
                if let activity = state.activity { state.rates.note(activity, at: .seconds(60)) }
            }
        )
        let names = lines.filter { $0.hasPrefix("unit ") }
        #expect(names.map { $0.prefix(10) } == ["unit quick", "unit slow "])
        #expect(names[0].contains("10.0") && names[1].contains(" 1.0"))
    }
}
