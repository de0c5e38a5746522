import AccessPolicy
import DocumentReader
import Foundation
import Testing

/// Which rotation plans may be carried out.
struct RotationDecisionTests {
    private static let now = Date(timeIntervalSince1970: 1_788_256_800)

    private static let text = """
        version: 1
        grants:
          - { name: keys, profiles: [reports], rotations: [archive, reports] }
          - { name: later, profiles: [backups], rotations: [archive], not_before: "2026-09-01T10:00:01Z" }
          - { name: both, profiles: [backups], workloads: [{ uid: 5 }], sinks: [app], rotations: [shared] }
          - { name: watched, profiles: [backups], rotations: [seen], mode: observe }
        denials:
          - { name: everybody, workloads: [{ uid: 5 }] }
        """

    @Test(arguments: [
        ("archive", "reports", 0.0, "keys"), ("reports", "reports", 0, "keys"), ("Archive", "reports", 0, "nobody_may"),
        ("archive", "backups", 0, "not_now"), ("archive", "backups", 1, "later"),
        ("unknown", "reports", 0, "nobody_may"),
        ("shared", "backups", 0, "both"), ("shared", "reports", 0, "nobody_may"), ("seen", "backups", 0, "watched"),
        ("app", "backups", 0, "nobody_may"), ("", "reports", 0, "nobody_may"),
    ])
    func onlyAPlanThatAGrantNamesIsPermitted(
        plan: String,
        profile: String,
        seconds: TimeInterval,
        outcome: String
    ) throws {
        let policy = try PolicyDecisionTests.policy(Self.text)
        let profile = try #require(ProfileName(profile))
        let decided =
            switch policy.decide(rotation: plan, profile, at: Self.now + seconds) {
            case .permit(let permit): permit.grant
            case .deny(let reason): reason.code
            }
        #expect(decided == outcome)
    }

    @Test func aGrantForRotationsIsForNoWorkloadAndNoSink() throws {
        let policy = try PolicyDecisionTests.policy(Self.text)
        for profile in try ["reports", "backups"].map({ try #require(ProfileName($0)) }) {
            for user in [0, 1, 6] as [UInt32] {
                let decision = policy.decide(Workload(processID: 9, userID: user), profile, at: Self.now + 1)
                if case .permit(let permit) = decision { Issue.record("\(permit.grant)") }
            }
            #expect(policy.decide(sink: "archive", profile, at: Self.now + 1) == .deny(.nobodyMay))
        }
    }

    @Test(arguments: [
        ("rotations: archive", "must be a list"), ("rotations: ['a b']", "a plan's name has"),
        ("rotations: [Archive]", "a plan's name has"),
        ("rotations: [\(String(repeating: "a", count: 41))]", "a plan's"),
        ("rotations: ['']", "a plan's name has"), ("rotations: [archive]", nil), ("workloads: [], rotations: []", nil),
        ("rotations: []", "key 'workloads' is missing"), ("rotations: [archive], mode: observe", nil),
    ])
    func whatIsNoNameIsAnError(line: String, message: String?) {
        let text = "version: 1\ngrants:\n  - { name: a, profiles: [reports], \(line) }"
        guard let message else {
            #expect(throws: Never.self) { try PolicyDecisionTests.document(text) }
            return
        }
        let error = #expect(throws: DocumentErrors.self) { try PolicyDecisionTests.document(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func aPlanThatIsNotThereIsAnError() {
        let error = #expect(throws: DocumentErrors.self) {
            try PolicyDocument(
                parsing: "version: 1\ngrants:\n  - { name: a, profiles: [reports], rotations: [archiv] }",
                file: "p.yaml",
                profiles: nil,
                rotations: ["archive"],
                accounts: AccountNames(userID: { _ in nil }, groupID: { _ in nil })
            )
        }
        #expect(
            error?.errors.first?.description
                == "p.yaml:3: grants[0].rotations[0]: there is no rotation plan of this name in the configuration"
        )
    }

    @Test func aPlanThatNeverRotatesIsPointedOut() throws {
        let profile = try #require(ProfileName("reports"))
        let lint = Lint(
            [try PolicyDecisionTests.document(Self.text)],
            profiles: Lint.Profiles(
                names: [profile],
                rotations: ["archive": profile, "seen": profile],
                file: "config.yaml"
            ),
            machine: LintTests.machine,
            now: Self.now
        )
        let warnings = lint.warnings().map(\.description).filter { $0.contains("config.yaml") }
        #expect(
            warnings == [
                "config.yaml: warning: rotation plan seen: never rotates: no grant for profile reports has 'rotations: [seen]'"
            ]
        )
    }
}
