import AccessPolicy
import Foundation
import Testing

/// What is valid and probably not meant.
struct LintTests {
    static let machine = MachineFacts(
        hasUser: { $0 < 1_000 },
        file: { path in
            switch path {
            case "/bin/good": FileFacts(kind: .regular, isExecutable: true, ownerID: 0, isWritableByOthers: false)
            case "/bin/link": FileFacts(kind: .symbolicLink, isExecutable: true, ownerID: 0, isWritableByOthers: true)
            case "/bin/folder": FileFacts(kind: .other, isExecutable: true, ownerID: 0, isWritableByOthers: true)
            case "/bin/open": FileFacts(kind: .regular, isExecutable: true, ownerID: 0, isWritableByOthers: true)
            case "/bin/text": FileFacts(kind: .regular, isExecutable: false, ownerID: 0, isWritableByOthers: false)
            default: nil
            }
        },
        sha256: { $0 == "/bin/good" ? String(repeating: "a", count: 64) : nil }
    )
    private static let container = "container: \(String(repeating: "0", count: 64))"

    @Test(
        arguments: [
            // Nobody.
            ("workloads: []", "names no workload, so it permits nobody"),
            ("workloads: [{}, {}]", "names no workload, so it permits nobody"),
            ("workloads: [{ uid: 1 }, {}]", "workloads[1] has no selectors, so it matches nobody"),
            ("workloads: [{ uid: 1 }]", nil),
            // At no time.
            ("not_after: 2026-11-23T12:00:00Z", "has ended: not_after is in the past"),
            ("not_after: 2026-11-23T12:00:01Z", nil),
            (
                "not_before: 2027-01-01T00:00:00Z\n    not_after: 2027-01-01T00:00:00Z",
                "never holds: not_after is not later than not_before"
            ),
            ("not_before: 2027-01-01T00:00:00Z\n    not_after: 2027-01-01T00:00:01Z", nil),
            // Everybody.
            ("mode: observe", "mode observe gives its profiles to everybody whom no denial names"),
            (
                "workloads: [{ slice: '-.slice' }]",
                "workloads[0] matches nearly every process; add what tells this one apart"
            ),
            (
                "workloads: [{ uid: 1 }, { label: unconfined, slice: '-.slice' }]",
                "workloads[1] matches nearly every process; add what tells this one apart"
            ),
            ("workloads: [{ slice: '-.slice', uid: 1 }]", nil), ("workloads: [{ slice: system.slice }]", nil),
            (
                "workloads: [{ executable: /bin/good }]",
                "workloads[0] names an executable alone, which any user may run; add user, unit or sha256"
            ),
            ("workloads: [{ executable: /bin/good, gid: 1 }]", nil),
            ("workloads: [{ executable: /bin/good, unit: a.service }]", nil),
            // Nobody of that number.
            ("workloads: [{ uid: 999 }]", nil),
            ("workloads: [{ uid: 1000 }]", "workloads[0].uid: this machine has no user 1000"),
            ("workloads: [{ uid: 1, login_uid: 1000 }]", "workloads[0].login_uid: this machine has no user 1000"),
            ("workloads: [{ uid: 1000, \(container) }]", nil), ("workloads: [{ gid: 1000 }]", nil),
            // Programs.
            (
                "workloads: [{ uid: 1, executable: /bin/gone }]",
                "workloads[0].executable: /bin/gone is not on this machine"
            ),
            ("workloads: [{ uid: 1, executable: /bin/gone, \(container) }]", nil),
            (
                "workloads: [{ uid: 1, executable: /bin/link }]",
                "workloads[0].executable: /bin/link is a symbolic link; write the path that 'readlink -f' prints"
            ),
            (
                "workloads: [{ uid: 1, executable: /bin/folder }]",
                "workloads[0].executable: /bin/folder is not a regular file"
            ),
            (
                "workloads: [{ uid: 1, executable: /bin/open }]",
                "workloads[0].executable: /bin/open can be written by its group or by everybody, who then decide what runs"
            ),
            ("workloads: [{ uid: 1, executable: /bin/text }]", "workloads[0].executable: /bin/text is not executable"),
            (
                "workloads: [{ executable: /bin/good, sha256: \(String(repeating: "b", count: 64)) }]",
                "workloads[0].sha256: /bin/good has another SHA-256 now: \(String(repeating: "a", count: 64))"
            ),
            ("workloads: [{ executable: /bin/good, sha256: \(String(repeating: "A", count: 64)) }]", nil),
            ("workloads: [{ uid: 1, sha256: \(String(repeating: "b", count: 64)) }]", nil),
        ] as [(String, String?)]
    )
    func aGrantIsLookedAt(lines: String, message: String?) throws {
        let workloads = lines.hasPrefix("workloads") ? "" : "    workloads: [{ uid: 1 }]\n"
        let text = "version: 1\ngrants:\n  - name: a\n    profiles: [reports]\n\(workloads)    \(lines)"
        #expect(
            try Self.warnings(text) == [message.map { "p.yaml:3: warning: grants[0] 'a': \($0)" }].compactMap(\.self)
        )
    }

    @Test(
        arguments: [
            ("{ executable: /bin/good }", "also denies everybody whose program is unknown; add user or uid"),
            (
                "{ executable: /bin/good, sha256: \(String(repeating: "a", count: 64)) }",
                "also denies everybody whose program is unknown; add user or uid"
            ),
            ("{ executable: /bin/good, uid: 1 }", nil), ("{ label: unconfined }", "denies nearly every process"),
            ("{ unit: a.service }", nil),
        ] as [(String, String?)]
    )
    func aDenialIsLookedAt(pattern: String, message: String?) throws {
        let text = "version: 1\ndenials:\n  - name: a\n    workloads: [\(pattern)]"
        let expected = message.map { "p.yaml:3: warning: denials[0] 'a': workloads[0] \($0)" }
        #expect(try Self.warnings(text) == [expected].compactMap(\.self))
    }

    @Test(
        arguments: [
            ("{ uid: 1 }", "enforce", "never permits: denial 'd' at p.yaml:4 applies to all it names"),
            ("{ uid: 1, gid: 5 }", "enforce", "never permits: denial 'd' at p.yaml:4 applies to all it names"),
            ("{ user: daemon, gid: 5 }", "enforce", "never permits: denial 'd' at p.yaml:4 applies to all it names"),
            (
                "{ uid: 2 }, { uid: 1, unit: a.service }", "enforce",
                "workloads[1] is never permitted: denial 'd' at p.yaml:4 applies"
            ),
            ("{ gid: 5 }", "enforce", nil), ("{ uid: 2 }", "enforce", nil), ("{ uid: 1 }", "observe", nil),
        ] as [(String, String, String?)]
    )
    func aGrantThatADenialHidesIsFound(patterns: String, mode: String, message: String?) throws {
        let text = """
            version: 1
            grants: [{ name: g, profiles: [reports], workloads: [\(patterns)] }]
            denials:
              - { name: d, workloads: [{ uid: 1 }], mode: \(mode) }
            """
        let expected = message.map { "p.yaml:2: warning: grants[0] 'g': \($0)" }
        #expect(try Self.warnings(text) == [expected].compactMap(\.self))
    }

    @Test(
        arguments: [
            ("profiles: [reports], workloads: [{ uid: 1 }]", "is never used: "),
            ("profiles: [reports], workloads: [{ user: daemon, unit: a.service }]", "is never used: "),
            ("profiles: [reports], workloads: [{ uid: 2 }, { uid: 1 }]", "workloads[1] is never used: "),
            ("profiles: [reports, backups], workloads: [{ uid: 1 }]", nil),
            ("profiles: [backups], workloads: [{ uid: 1 }]", nil),
            ("profiles: [reports], workloads: [{ uid: 2 }]", nil),
            ("profiles: [reports], workloads: [{ gid: 5 }]", nil),
        ] as [(String, String?)]
    )
    func aGrantThatRepeatsAnotherIsFound(terms: String, message: String?) throws {
        func text(_ first: String) -> String {
            """
            version: 1
            grants:
              - { name: first, profiles: [reports], workloads: [{ uid: 1 }]\(first) }
              - { name: second, \(terms) }
            """
        }
        let expected = message.map {
            "p.yaml:4: warning: grants[1] 'second': \($0)grant 'first' at p.yaml:3 comes first and permits the same"
        }
        #expect(try Self.warnings(text("")) == [expected].compactMap(\.self))
        // One that does not always hold leaves something to the second.
        #expect(try Self.warnings(text(", not_before: 2026-01-01T00:00:00Z")) == [])
    }

    @Test func aProfileThatNobodyMayUseIsFound() throws {
        let document = try PolicyDecisionTests.document(
            "version: 1\ngrants: [{ name: g, profiles: [reports], workloads: [{ uid: 1 }] }]"
        )
        let profiles = ["reports", "backups"].compactMap(ProfileName.init)
        let lint = Lint(
            [document],
            profiles: Lint.Profiles(names: profiles, file: "config.yaml"),
            machine: Self.machine,
            now: .monday
        )
        #expect(
            lint.warnings().map(\.description) == [
                "config.yaml: warning: profiles.backups: no grant gives it to anybody"
            ]
        )
    }

    @Test func warningsComeByFileAndLine() throws {
        let text = """
            version: 1
            denials:
              - { name: d, workloads: [{ executable: /bin/good }] }
            grants:
              - { name: a, profiles: [reports], workloads: [] }
              - { name: b, profiles: [], workloads: [] }
            """
        #expect(try Self.warnings(text).map { $0.prefix(8) } == ["p.yaml:3", "p.yaml:5", "p.yaml:6"])
    }

    /// Thousands of patterns that have much in common are compared in a moment.
    @Test(.timeLimit(.minutes(1))) func tenThousandGrantsAreLookedAt() throws {
        let grants = (0..<10_000)
            .map { index in
                Grant(
                    name: "g\(index)",
                    profiles: SeededGenerator.profiles,
                    workloads: [
                        WorkloadPattern(selectors: [
                            .executable("/bin/good"), .user(1, name: nil), .unit("u\(index).service"),
                        ])
                    ]
                )
            }
        #expect(
            Lint([PolicyDocument(file: "p.yaml", grants: grants)], profiles: nil, machine: Self.machine, now: .monday)
                .warnings().isEmpty
        )
    }

    private static func warnings(_ text: String) throws -> [String] {
        let document = try PolicyDocument(
            parsing: text,
            file: "p.yaml",
            profiles: nil,
            accounts: AccountNames(userID: { $0 == "daemon" ? 1 : nil }, groupID: { _ in nil })
        )
        return Lint([document], profiles: nil, machine: machine, now: .monday).warnings().map(\.description)
    }
}
