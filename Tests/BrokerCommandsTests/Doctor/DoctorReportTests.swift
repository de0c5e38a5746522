import BrokerAPI
import JOSE
import Testing

@testable import BrokerCommands

@Suite struct DoctorReportTests {
    private typealias Finding = DiagnosisResponse.Finding

    private static let ok = Finding(check: "iam", state: "ok", message: "answers")
    private static let fault = Finding(
        check: "profile",
        subject: "reports",
        state: "fault",
        message: "not linked; link it with: link it now",
        repair: "link it now"
    )
    private static let unknown = Finding(check: "audit_log", state: "unknown", message: "only the daemon can tell")

    @Test func aRepairStandsBelowWhatIsWrong() {
        #expect(
            DoctorReport(findings: [Self.ok, Self.fault, Self.unknown]).text == """
                ok     iam              answers
                FAULT  profile reports  not linked; link it with: (the command below)
                                        repair: link it now
                ?      audit log        only the daemon can tell
                faults: 1, not checked: 1

                """
        )
    }

    @Test func whatIsInOrderHasNoRepair() {
        let finding = Finding(check: "iam", state: "ok", message: "answers", repair: "nothing to mend")
        #expect(DoctorReport(findings: [finding]).text == "ok     iam  answers\nall is well\n")
    }

    @Test(arguments: [("ok", true), ("fault", false), ("unknown", false), ("brand-new", false)])
    func onlyWhatIsInOrderIsHealthy(state: String, isHealthy: Bool) {
        let finding = Finding(check: "iam", state: state, message: "m")
        #expect(DoctorReport(findings: [Self.ok, finding]).isHealthy == isHealthy)
    }

    @Test func longMessagesAreBroken() {
        let message = Array(repeating: "word", count: 40).joined(separator: " ")
        let lines = DoctorReport(findings: [Finding(check: "iam", state: "fault", message: message)]).text
            .split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines[1].hasPrefix("            word"))
    }

    @Test func whatADaemonSaysCannotMoveTheCursorOrShowATokenOrForgeALine() throws {
        let message = "a\nok  firewall \u{1B}[2J eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
        let report = DoctorReport(findings: [
            Finding(check: "i\u{7}am", state: "fault", message: message, repair: message)
        ])
        for text in [report.text, report.json] {
            #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
            #expect(!text.contains("eyJ") && text.contains("<redacted>"))
        }
        #expect(!report.text.split(separator: "\n").contains { $0.hasPrefix("ok") })
    }

    @Test func theJSONHasAllMembersAlways() throws {
        let text = DoctorReport(findings: [Self.fault, Self.unknown]).json
        #expect(text.hasSuffix("\n"))
        let document = try JSONDocument(parsing: Array(text.utf8))
        #expect(document.root["healthy"]?.bool == false)
        let findings = try #require(document.root["findings"]?.array)
        #expect(findings.count == 2)
        #expect(findings[0]["repair"]?.string == "link it now")
        #expect(
            text.contains(
                #"{"check":"audit_log","subject":null,"state":"unknown","message":"only the daemon can tell","repair":null}"#
            )
        )
    }
}
