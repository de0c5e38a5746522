import BrokerAPI
import FoundationEssentials
import Testing

@testable import BrokerCommands

/// What stands on top of the status, in words.
struct HealthTextTests {
    private static let now = Date(timeIntervalSince1970: 1_788_256_800)

    private func profile(_ name: String, _ next: Int?) -> StatusResponse.Profile {
        .init(name: name, state: "fresh", nextAttemptIn: next, breaker: "closed", consecutiveFailures: 0)
    }

    private func lines(_ health: HealthResponse?, _ profiles: [StatusResponse.Profile] = []) -> [String] {
        HealthText(StatusResponse(version: "1", profiles: profiles, keyIDs: [], health: health), now: Self.now).lines
    }

    private func finding(
        _ severity: String,
        _ message: String = "it has no token: eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln \u{1B}[2J",
        commands: [String] = ["iam-broker doctor", "iam-broker refresh reports"]
    ) -> HealthResponse.Finding {
        .init(severity: severity, subject: "profile", name: "reports", message: message, commands: commands)
    }

    @Test func whatIsWrongComesWithWhatToDo() {
        let health = HealthResponse(status: "failing", findings: [finding("failing")])
        #expect(
            lines(health, [profile("reports", 90), profile("archive", 5), profile("backups", nil)]) == [
                "NOT READY:",
                "  profile reports: it has no token: <redacted> \\u{1b}[2J",
                "    do: iam-broker doctor",
                "        iam-broker refresh reports",
                "next refresh: archive in 5s, at 2026-09-01T10:00:05Z",
                "next refresh: reports in 1m 30s, at 2026-09-01T10:01:30Z",
                "",
            ]
        )
    }

    @Test(arguments: [
        ("ok", [], "ready: all who may have tokens get them"),
        ("ok", ["note"], "ready: all who may have tokens get them"),
        ("degraded", ["degraded", "note"], "ready, but look at this:"),
        ("degraded", ["degraded", "degraded"], "ready, but look at these 2:"), ("failing", ["failing"], "NOT READY:"),
        // Of a daemon that is newer than this command.
        ("another", [], "NOT READY:"),
    ])
    func theVerdictIsTheFirstLine(status: String, severities: [String], line: String) {
        let health = HealthResponse(status: status, findings: severities.map { finding($0, "why", commands: []) })
        #expect(lines(health).first == line)
    }

    @Test func whereNothingIsRenewedThatIsSaid() {
        let text = lines(HealthResponse(status: "ok", findings: []), [profile("reports", nil)])
        #expect(text.contains { $0.hasPrefix("next refresh: none by itself") })
    }

    @Test func timesThatTheOtherSideMakesUpDoNoHarm() {
        let text = lines(HealthResponse(status: "ok", findings: []), [profile("reports", .max)])
        #expect(text.dropFirst().first?.hasPrefix("next refresh: reports in ") == true)
    }

    @Test func anOlderDaemonSaysNothingOfIt() {
        #expect(lines(nil).isEmpty)
    }
}
