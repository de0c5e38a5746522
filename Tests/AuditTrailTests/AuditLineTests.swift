import AccessPolicy
import AuditTrail
import Foundation
import JOSE
import Testing
import TokenBroker

/// What each event looks like in the file.
struct AuditLineTests {
    private static func workload() -> Workload {
        Workload(
            processID: 4_711,
            userID: 33,
            groupID: .known(34),
            label: .known("unconfined"),
            loginUserID: .known(1_000),
            executable: .known("/usr/bin/a\nb"),
            sha256: .known("ab12"),
            unit: .known("a.service"),
            invocation: .known("77"),
            container: .known("c0"),
            pod: .known("p0")
        )
    }

    private static let everything =
        #""workload":{"pid":4711,"uid":33,"gid":34,"executable":"/usr/bin/a\nb","sha256":"ab12","unit":"a.service","#
        .replacing(#"\n"#, with: #"\u000a"#)
        + #""invocation":"77","container":"c0","pod":"p0","login_uid":1000,"label":"unconfined"}"#
    private static let token = AuditedToken(
        tokenID: "C2",
        fingerprint: "0011223344556677",
        expiresAt: Date(timeIntervalSince1970: 1_788_260_400)
    )
    private static let tokenText =
        #""jti":"C2","token_sha256":"0011223344556677","expires":"2026-09-01T11:00:00.000Z""#

    private static func events() throws -> [(AuditEvent, String)] {
        let profile = try #require(ProfileName("reports"))
        let unknown = Workload(processID: 0, userID: 0)
        let decided = { (outcome: AuditedDecision.Outcome) in
            AuditEvent.decided(AuditedDecision(id: "d1", workload: unknown, profile: profile, outcome: outcome))
        }
        let asked = { (resource: InstanceResource, outcome: AuditedDecision.Outcome) in
            AuditEvent.resourceDecided(
                AuditedResourceDecision(id: "d1", workload: unknown, resource: resource, outcome: outcome)
            )
        }
        let nobody = #""workload":{"uid":0},"profile":"reports""#
        return [
            (
                .released(AuditedRelease(workload: workload(), profile: profile, grant: "g", token: token)),
                #""release",\#(everything),"profile":"reports","grant":"g",\#(tokenText)"#
            ),
            (
                .certificateObtained(name: "share", serial: "0A", expiresAt: token.expiresAt),
                #""certificate_obtained","certificate":"share","serial":"0A","expires":"2026-09-01T11:00:00.000Z""#
            ),
            (
                .certificateFailed(name: "share", reason: "r"),
                #""certificate_failed","certificate":"share","reason":"r""#
            ),
            (
                decided(.permitted(grant: "g")),
                #""decision","outcome":"permitted",\#(nobody),"grant":"g","decision":"d1""#
            ),
            (
                decided(.denied(reason: "r")),
                #""decision","outcome":"denied",\#(nobody),"reason":"r","decision":"d1""#
            ),
            (
                decided(.observed(grant: "g", wouldDeny: "r")),
                #""decision","outcome":"observed",\#(nobody),"grant":"g","reason":"r","decision":"d1""#
            ),
            (decided(.limited(grant: "g")), #""decision","outcome":"limited",\#(nobody),"grant":"g","decision":"d1""#),
            (
                asked(.metadata(path: "instance/\n"), .denied(reason: "r")),
                #""resource_decision","outcome":"denied","workload":{"uid":0},"resource":"metadata instance/\u000a","reason":"r","decision":"d1""#
            ),
            (
                asked(.userData, .observed(grant: "g", wouldDeny: "r")),
                #""resource_decision","outcome":"observed","workload":{"uid":0},"resource":"user data","grant":"g","reason":"r","decision":"d1""#
            ),
            (
                .resourceDecided(
                    AuditedResourceDecision(
                        workload: workload(),
                        resource: .certificates,
                        decision: .permit(grant: "g", observed: nil)
                    )
                ),
                #""resource_decision","outcome":"permitted",\#(everything),"resource":"certificates","grant":"g""#
            ),
            (.tokenObtained(profile, token), #""token_obtained","profile":"reports",\#(tokenText)"#),
            (
                .tokenTakenOver(profile, token, obtainedAt: Date(timeIntervalSince1970: 1_800_000_000.25)),
                #""token_taken_over","profile":"reports","obtained":"2027-01-15T08:00:00.250Z",\#(tokenText)"#
            ),
            (
                .tokenRejected(profile, .expired),
                #""token_rejected","profile":"reports","reason":"token has expired""#
            ),
            (
                .acquisitionFailed(profile, AcquisitionError(.timedOut, "late")),
                #""acquisition_failed","profile":"reports","code":"timed_out","reason":"late""#
            ),
            (.tokenDropped(profile), #""token_dropped","profile":"reports""#),
            (
                .rotation(AuditedRotation(plan: "archive", rotation: "ff", kind: "created", detail: "k\n")),
                #""rotation","plan":"archive","rotation":"ff","step":"created","detail":"k\u000a""#
            ),
            (
                .rotation(AuditedRotation(plan: "archive", rotation: nil, kind: "paused", detail: "")),
                #""rotation","plan":"archive","step":"paused","detail":"""#
            ),
            (.policyLoaded(generation: .max), #""policy_loaded","generation":18446744073709551615"#),
            (.policyRefused(message: "no"), #""policy_refused","reason":"no""#),
            (.locked(profile, by: 0), #""locked","profile":"reports","by":0"#),
            (.locked(nil, by: 1), #""locked","by":1"#),
            (.unlocked(nil, by: .max), #""unlocked","by":4294967295"#),
            (.started(version: "0.1.0"), #""started","version":"0.1.0""#),
            (.stopped, #""stopped""#),
        ]
    }

    @Test func everyEventHasItsLine() async throws {
        let world = try World()
        let events = try Self.events()
        try await world.session(events.map(\.0))
        let lines = try world.lines()
        #expect(lines.count == events.count)
        for (line, (_, expected)) in zip(lines, events) {
            #expect(line.contains(#"Z","event":\#(expected),"prev":""#), "\(line)")
        }
        #expect(try world.verify().isValid)
    }

    @Test(
        arguments: [
            (.deny(.nobodyMay), .denied(reason: "no grant gives user data to anybody")),
            (.permit(grant: "g", observed: nil), .permitted(grant: "g")),
            (
                .permit(grant: "g", observed: .noGrantMatches),
                .observed(grant: "g", wouldDeny: "no grant for user data names this workload")
            ),
        ] as [(ResourceDecision, AuditedDecision.Outcome)]
    )
    func aDecisionAboutTheInstanceIsToldInWords(decision: ResourceDecision, outcome: AuditedDecision.Outcome) {
        let workload = Self.workload()
        #expect(
            AuditedResourceDecision(workload: workload, resource: .userData, decision: decision).outcome == outcome
        )
    }

    @Test func theLongestLineIsShortEnoughToBeRead() async throws {
        let world = try World()
        let long = String(repeating: "\u{10FFFF}", count: 70_000)
        var workload = Workload(processID: .max, userID: .max, groupID: .known(.max), loginUserID: .known(.max))
        for fact in [\Workload.label, \.executable, \.sha256, \.unit, \.invocation, \.container, \.pod] {
            workload[keyPath: fact] = .known(long)
        }
        let profile = try #require(ProfileName(String(repeating: "p", count: 64)))
        let outcome = AuditedDecision.Outcome.observed(grant: long, wouldDeny: long)
        let decision = AuditedDecision(id: long, workload: workload, profile: profile, outcome: outcome)
        try await world.session([.decided(decision)])
        #expect(try world.verify().isValid)
        #expect(try world.lines()[0].utf8.count < 16 * 1_024)
    }
}
