import AccessPolicy
import DocumentReader
import Foundation
import Testing

/// Cases for policies: how they are read, and when they are met.
struct PolicyCaseTests {
    @Test func aWorkloadHasWhatTheCaseSaysAndNothingElse() throws {
        let item = try Self.read(
            """
            - name: everything
              workload:
                user: alice
                group: staff
                groups: [27, staff]
                login_uid: 1000
                executable: /usr/bin/a
                sha256: \(String(repeating: "AB", count: 32))
                unit: a.service
                slices: [system.slice, a.slice]
                container: \(String(repeating: "0", count: 64))
                pod: 0b6f3c1e-4d2a-4f5b-9c8d-7e6f5a4b3c2d
                label: unconfined
              profile: reports
              at: 2026-11-23T12:00:00Z
              expect: permit
              grant: g
            """
        )
        #expect(
            item.workload
                == Workload(
                    processID: 1,
                    userID: 3_000_000_001,
                    groupID: .known(3_000_000_001),
                    groups: .known([27, 3_000_000_001]),
                    label: .known("unconfined"),
                    loginUserID: .known(1_000),
                    executable: .known("/usr/bin/a"),
                    sha256: .known(String(repeating: "ab", count: 32)),
                    unit: .known("a.service"),
                    invocation: .none,
                    slices: .known(["system.slice", "a.slice"]),
                    container: .known(String(repeating: "0", count: 64)),
                    pod: .known("0b6f3c1e-4d2a-4f5b-9c8d-7e6f5a4b3c2d")
                )
        )
        #expect(item.instant == .monday)
        #expect(item.place == SourcePlace(file: "p.test.yaml", line: 3))
    }

    @Test func whatIsNotSaidIsNothingAndWhatIsUnknownIsUnknown() throws {
        let item = try Self.read(
            """
            - name: little
              workload: { user: root, unknown: [executable, groups, label] }
              profile: reports
              expect: deny
            """
        )
        #expect(item.workload.userID == 0)
        #expect(item.workload.groupID == .none)
        #expect(item.workload.sha256 == .none)
        #expect(item.workload.slices == .none)
        for isKnown in [item.workload.executable, item.workload.label].map({ $0 == .none }) { #expect(!isKnown) }
        #expect(item.workload.executable == .unknown("the case says so"))
        #expect(item.workload.groups == .unknown("the case says so"))
        #expect(item.instant == nil)
    }

    @Test(arguments: [
        ("workload: {}", "workload: must have 'user' or 'uid': the kernel always tells the user"),
        ("workload: { uid: 1, user: a }", "workload.uid: stands beside 'user', which says the same; leave one out"),
        (
            "workload: { uid: 1, unknown: [uid] }",
            "workload.unknown[0]: must be one of gid, groups, login_uid, executable, sha256, unit, slices, container, pod, label"
        ),
        (
            "workload: { uid: 1, unit: a.service, unknown: [unit] }",
            "workload.unknown[0]: is given, so it is not unknown"
        ),
        ("workload: { uid: 1, group: root, unknown: [gid] }", "workload.unknown[0]: is given, so it is not unknown"),
        (
            "workload: { uid: 1, login_user: root, unknown: [login_uid] }",
            "workload.unknown[0]: is given, so it is not unknown"
        ),
        ("workload: { uid: 1, executable: a }", "workload.executable: must be an absolute path"),
        (
            "workload: { uid: 1, slice: a.slice }",
            "workload.slice: unknown key; known here: user, uid, group, gid, groups, login_user, login_uid, executable, sha256, unit, slices, container, pod, label, unknown"
        ),
        ("profile: a/b", "profile: must be the name of a profile"),
        ("metadata: keys", "metadata: stands beside 'profile'; a case asks for one thing"),
        ("certificates: true", "certificates: stands beside 'profile'; a case asks for one thing"),
        ("expect: allow", "expect: must be permit, deny or observe"),
        (
            "reason: unknown",
            "reason: must be one of nobody_may, no_grant_matches, not_now, denied"
        ),
        ("at: noon", "at: must be a time with its zone, such as 2026-11-23T12:00:00Z or 2026-11-23T13:00:00+01:00"),
        (
            "expected: deny",
            "expected: unknown key; known here: name, workload, profile, metadata, certificates, at, expect, grant, reason, denial"
        ),
    ])
    func aCaseIsRefused(line: String, message: String) {
        let lines = ["name: a", "workload: { uid: 1 }", "profile: reports", "expect: deny"]
        let key = line.prefix { $0 != ":" } + ":"
        let rest = lines.filter { !$0.hasPrefix(key) }
        let error = #expect(throws: DocumentErrors.self) {
            try Self.read("- \(line)\n  " + rest.joined(separator: "\n  "))
        }
        #expect(error?.description == "p.test.yaml:3: cases[0].\(message)")
    }

    @Test(arguments: [
        ("version: 1", "p.test.yaml:1: key 'cases' is missing"),
        ("version: 2\ncases: []", "p.test.yaml:1: version: must be 1"),
        ("version: 1\ncases: [{}]", "p.test.yaml:2: cases[0]: key 'name' is missing"),
        (
            "version: 1\ncases: [{ name: a, workload: { uid: 1 }, expect: deny }]",
            "p.test.yaml:2: cases[0]: key 'profile' is missing"
        ),
        (
            "version: 1\ncases: [{ name: a, workload: { uid: 1 }, metadata: /instance, expect: deny }]",
            "p.test.yaml:2: cases[0].metadata: must be a path of the metadata service such as instance or "
                + "instance/network_interfaces: a-z, 0-9, '_', '-', and '/' inside"
        ),
        (
            "version: 1\ncases: [{ name: a, workload: { uid: 1 }, certificates: false, expect: deny }]",
            "p.test.yaml:2: cases[0].certificates: must be true, or absent"
        ),
        (
            "version: 1\npolicies: [../a.yaml]\ncases: []",
            "p.test.yaml:2: policies[0]: must be the name of a file in this folder"
        ),
        (
            "version: 1\ncases:\n  - { name: a, workload: { uid: 1 }, profile: p, expect: permit, denial: d }",
            "p.test.yaml:3: cases[0].denial: is for deny and observe; with permit only a grant can be expected"
        ),
    ])
    func aDocumentIsRefused(text: String, message: String) {
        let error = #expect(throws: DocumentErrors.self) {
            try PolicyCaseDocument(parsing: text, file: "p.test.yaml", accounts: .invented())
        }
        #expect(error?.errors.first?.description == message)
    }

    private static let policy = """
        version: 1
        grants:
          - { name: now, profiles: [a], workloads: [{ uid: 1 }] }
          - { name: later, profiles: [a], workloads: [{ uid: 2 }], not_before: 2027-01-01T00:00:00Z }
          - { name: watch, profiles: [b], workloads: [{ uid: 1 }], mode: observe }
        denials:
          - { name: no, workloads: [{ uid: 3 }] }
          - { name: not-yet, workloads: [{ uid: 1, gid: 9 }], mode: observe }
        """

    @Test(
        arguments: [
            ("uid: 1", "a", "permit", "permit (grant now)"),
            ("uid: 1", "a", "permit, grant: now", "permit (grant now)"),
            ("uid: 1", "a", "permit, grant: later", nil), ("uid: 1", "a", "deny", nil), ("uid: 1", "a", "observe", nil),
            ("uid: 1, gid: 9", "a", "permit", nil),
            (
                "uid: 1, gid: 9", "a", "observe, grant: now, denial: not-yet, reason: denied",
                "observe (grant now, reason denied, denial not-yet)"
            ),
            ("uid: 1, gid: 9", "a", "observe, denial: no", nil),
            ("uid: 2", "a", "deny, reason: not_now, grant: later", "deny (grant later, reason not_now)"),
            ("uid: 2", "a", "deny, reason: no_grant_matches", nil),
            ("uid: 3", "a", "deny, denial: no", "deny (reason denied, denial no)"),
            ("uid: 4", "a", "deny, reason: no_grant_matches", "deny (reason no_grant_matches)"),
            ("uid: 4", "c", "deny, reason: nobody_may", "deny (reason nobody_may)"),
            (
                "uid: 4", "b", "observe, grant: watch, reason: no_grant_matches",
                "observe (grant watch, reason no_grant_matches)"
            ),
            ("uid: 4", "b", "permit", nil), ("uid: 3", "b", "deny", "deny (reason denied, denial no)"),
        ] as [(String, String, String, String?)]
    )
    func aCaseIsMetByItsDecisionAlone(workload: String, profile: String, expected: String, outcome: String?) throws {
        let item = try Self.read("- { name: a, workload: { \(workload) }, profile: \(profile), expect: \(expected) }")
        let document = try PolicyDocument(parsing: Self.policy, file: "p.yaml", profiles: nil, accounts: .invented())
        let actual = Policy([document]).outcome(item.workload, item.question, at: .monday)
        #expect(item.isMet(by: actual) == (outcome != nil))
        if let outcome { #expect("\(actual)" == outcome) }
    }

    private static func read(_ item: String) throws -> PolicyCase {
        let text = "version: 1\ncases:\n" + item.split(separator: "\n").map { "  \($0)\n" }.joined()
        return try #require(
            try PolicyCaseDocument(parsing: text, file: "p.test.yaml", accounts: .invented()).cases.first
        )
    }
}
