import AccessPolicy
import DocumentReader
import Foundation
import Testing

/// Which tokens may be kept in files.
struct SinkDecisionTests {
    private static let now = Date(timeIntervalSince1970: 1_788_256_800)

    private static let text = """
        version: 1
        grants:
          - { name: nightly, profiles: [reports], sinks: [app, other] }
          - { name: later, profiles: [backups], sinks: [app], not_before: "2026-09-01T10:00:01Z" }
          - { name: both, profiles: [backups], workloads: [{ uid: 5 }], sinks: [shared] }
          - { name: watched, profiles: [backups], sinks: [seen], mode: observe }
        denials:
          - { name: everybody, workloads: [{ uid: 5 }] }
        """

    private func decide(_ sink: String, _ profile: String, at seconds: TimeInterval = 0) throws -> String {
        let policy = try PolicyDecisionTests.policy(Self.text)
        let profile = try #require(ProfileName(profile))
        return switch policy.decide(sink: sink, profile, at: Self.now + seconds) {
        case .permit(let permit): permit.grant
        case .deny(let reason): reason.code
        }
    }

    @Test(arguments: [
        ("app", "reports", 0.0, "nightly"), ("other", "reports", 0, "nightly"), ("App", "reports", 0, "nobody_may"),
        ("app", "backups", 0, "not_now"), ("app", "backups", 1, "later"), ("unknown", "reports", 0, "nobody_may"),
        ("shared", "backups", 0, "both"), ("shared", "reports", 0, "nobody_may"), ("seen", "backups", 0, "watched"),
        ("", "reports", 0, "nobody_may"),
    ])
    func onlyASinkThatAGrantNamesIsPermitted(
        sink: String,
        profile: String,
        seconds: TimeInterval,
        outcome: String
    ) throws {
        #expect(try decide(sink, profile, at: seconds) == outcome)
    }

    @Test func aGrantForSinksIsForNoWorkload() throws {
        let policy = try PolicyDecisionTests.policy(Self.text)
        for profile in try ["reports", "backups"].map({ try #require(ProfileName($0)) }) {
            for user in [0, 1, 6] as [UInt32] {
                let decision = policy.decide(Workload(processID: 9, userID: user), profile, at: Self.now + 1)
                if case .permit(let permit) = decision { Issue.record("\(permit.grant)") }
            }
        }
    }

    @Test func anEmptyPolicyPermitsNoSink() throws {
        let profile = try #require(ProfileName("reports"))
        #expect(Policy().decide(sink: "app", profile, at: Self.now) == .deny(.nobodyMay))
    }

    @Test(arguments: [
        ("sinks: app", "must be a list"), ("sinks: ['a b']", "a sink's name has"), ("sinks: ['']", "sinks[0]"),
        ("sinks: [app, 7 7]", "a sink's name has"), ("workloads: []", nil), ("sinks: []", "key 'workloads' is missing"),
        ("sinks: [], mode: observe", "key 'workloads' is missing"), ("sinks: [app], mode: observe", nil),
        ("", "key 'workloads' is missing"),
    ])
    func whatIsNoNameIsAnError(line: String, message: String?) {
        let text = "version: 1\ngrants:\n  - { name: a, profiles: [reports]\(line.isEmpty ? "" : ", " + line) }"
        guard let message else {
            #expect(throws: Never.self) { try PolicyDecisionTests.document(text) }
            return
        }
        let error = #expect(throws: DocumentErrors.self) { try PolicyDecisionTests.document(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func aNameThatTheConfigurationDoesNotHaveIsAnError() throws {
        let error = #expect(throws: DocumentErrors.self) {
            try PolicyDocument(
                parsing: "version: 1\ngrants: [{ name: a, profiles: [reports], sinks: [ap] }]",
                file: "p.yaml",
                profiles: nil,
                sinks: ["app"],
                accounts: AccountNames(userID: { _ in nil }, groupID: { _ in nil })
            )
        }
        #expect(error?.description.contains("there is no sink of this name") == true)
    }

    @Test func aSinkThatStaysEmptyIsPointedOut() throws {
        let reports = try #require(ProfileName("reports"))
        let lint = Lint(
            [try PolicyDecisionTests.document(Self.text)],
            profiles: Lint.Profiles(names: [], sinks: ["app": reports, "seen": reports], file: "config.yaml"),
            machine: LintTests.machine,
            now: Self.now
        )
        let warnings = lint.warnings().map(\.description).filter { $0.contains("sinks.") }
        #expect(warnings.count == 1 && warnings[0].contains("sinks.seen: stays empty"), "\(warnings)")
    }
}
