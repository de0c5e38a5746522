import AccessPolicy
import DocumentReader
import Testing

/// What is wrong with a policy document is said with file, line and key.
struct PolicyDocumentTests {
    @Test(arguments: [
        ("grants: []", "p.yaml:1: key 'version' is missing"),
        ("version: 2", "p.yaml:1: version: must be 1"),
        ("version: 1\ngrant: []", "p.yaml:2: grant: unknown key; known here: version, mode, grants, denials"),
        ("version: 1\ngrants: {}", "p.yaml:2: grants: must be a list"),
        ("version: 1\nmode: log", "p.yaml:2: mode: must be enforce or observe"),
        ("version: 1\nversion: 1", "p.yaml:1: a mapping here has a key twice: version"),
        ("version: 1\ngrants: [a]", "p.yaml:2: grants[0]: must be a mapping"),
        (
            "version: 1\ngrants:\n  - profiles: [reports]\n    workloads: []",
            "p.yaml:3: grants[0]: key 'name' is missing"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    workloads: []",
            "p.yaml:3: grants[0]: key 'profiles' is missing"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: []",
            "p.yaml:3: grants[0]: key 'workloads' is missing"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: [reprots]\n    workloads: []",
            "p.yaml:4: grants[0].profiles[0]: there is no profile of this name in the configuration"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: [a/b]\n    workloads: []",
            "p.yaml:4: grants[0].profiles[0]: a profile's name has 1 to 64 letters, digits, '.', '_' and '-'"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profile: [reports]\n    profiles: []\n    workloads: []",
            "p.yaml:4: grants[0].profile: unknown key; known here: name, profiles, workloads, sinks, rotations, rate, not_before, not_after, hours, metadata, certificates, min_ttl, mode"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: []\n    workloads: []\n  - name: a\n    profiles: []\n    workloads: []",
            "p.yaml:6: grants[1].name: is the name of another grant or denial, too, at p.yaml:3"
        ),
        (
            "version: 1\ngrants:\n  - { name: a, profiles: [], workloads: [] }\ndenials:\n  - { name: a, workloads: [{ uid: 1 }] }",
            "p.yaml:5: denials[0].name: is the name of another grant or denial, too, at p.yaml:3"
        ),
        (
            "version: 1\ndenials:\n  - { name: a, workloads: [{}] }",
            "p.yaml:3: denials[0]: a denial without selectors denies nobody; say whom it is for"
        ),
        (
            "version: 1\ndenials:\n  - { name: a, workloads: [] }",
            "p.yaml:3: denials[0]: a denial without selectors denies nobody; say whom it is for"
        ),
        ("version: 1\ndenials:\n  - { name: a }", "p.yaml:3: denials[0]: key 'workloads' is missing"),
        (
            "version: 1\ndenials:\n  - { name: a, workloads: [{ uid: 1 }], rate: 1/s }",
            "p.yaml:3: denials[0].rate: unknown key; known here: name, workloads, mode"
        ),
        (
            "version: 1\ngrants:\n  - { name: '', profiles: [], workloads: [] }",
            "p.yaml:3: grants[0].name: must be 1 to 64 ASCII characters, no spaces"
        ),
        (
            "version: 1\ngrants:\n  - { name: \(String(repeating: "a", count: 65)), profiles: [], workloads: [] }",
            "p.yaml:3: grants[0].name: must be 1 to 64 ASCII characters, no spaces"
        ),
        ("version: 1\ngrants: [", "p.yaml:3: is not YAML: did not find expected node content"),
        ("", "p.yaml: is empty"),
    ])
    func theErrorNamesThePlace(text: String, message: String) {
        let error = #expect(throws: DocumentErrors.self) { try PolicyDecisionTests.document(text) }
        #expect(error?.description == message)
    }

    @Test func everyErrorIsFoundInOneLook() {
        let error = #expect(throws: DocumentErrors.self) {
            try PolicyDecisionTests.document(
                """
                version: 2
                modus: enforce
                grants:
                  - name: a b
                    profiles: [nowhere, reports, elsewhere]
                    workloads:
                      - { user: nobody-here, uid: x }
                      - { colour: red }
                    rate: 0/m
                denials:
                  - { name: d, workloads: [{ gid: -1 }] }
                """
            )
        }
        #expect(
            error?.errors.map { "\($0.line ?? 0) \($0.key)" } == [
                "2 modus", "1 version", "4 grants[0].name", "5 grants[0].profiles[0]", "5 grants[0].profiles[2]",
                "7 grants[0].workloads[0].user", "7 grants[0].workloads[0].uid", "8 grants[0].workloads[1].colour",
                "9 grants[0].rate", "11 denials[0].workloads[0].gid",
            ]
        )
        #expect(error?.omitted == 0)
        #expect(error?.sorted.map(\.line) == [1, 2, 4, 5, 5, 7, 7, 8, 9, 11])
    }

    @Test(arguments: [(100, 100, 0), (101, 100, 1), (250, 100, 150)])
    func aHundredErrorsAreKeptAndTheRestIsCounted(wrong: Int, kept: Int, omitted: Int) {
        let grants = (0..<wrong).map { "  - { name: g\($0), profiles: [nowhere], workloads: [] }\n" }
        let error = #expect(throws: DocumentErrors.self) {
            try PolicyDecisionTests.document("version: 1\ngrants:\n" + grants.joined())
        }
        #expect(error?.errors.count == kept)
        #expect(error?.omitted == omitted)
        #expect(error?.description.hasSuffix("and \(omitted) more") == (omitted > 0))
    }

    @Test func whatADocumentSaysCannotReachATerminalAsItIs() {
        let error = #expect(throws: DocumentErrors.self) {
            try PolicyDecisionTests.document(#"{ version: 1, "\e[31m\n\u202E": 1 }"#)
        }
        #expect(error?.description.hasPrefix(#"p.yaml:1: \u{1b}[31m\u{a}\u{202e}: unknown key"#) == true)
    }

    @Test func aModeOfTheDocumentIsTheDefaultOfItsGrantsAndDenials() throws {
        let document = try PolicyDecisionTests.document(
            """
            version: 1
            mode: observe
            grants:
              - { name: a, profiles: [reports], workloads: [] }
              - { name: b, profiles: [reports], workloads: [], mode: enforce }
            denials:
              - { name: c, workloads: [{ uid: 1 }] }
              - { name: d, workloads: [{ uid: 1 }], mode: enforce }
            """
        )
        #expect(document.grants.map(\.mode) == [.observe, .enforce])
        #expect(document.denials.map(\.mode) == [.observe, .enforce])
        #expect(document.grants.map(\.place.line) == [4, 5])
    }

    @Test(arguments: [
        ("a", true), ("A9._-", true), ("", false), (".a", false), ("-a", false), ("a b", false), ("ä", false),
        (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
    ])
    func profileNamesAreShortAndPlain(text: String, isName: Bool) {
        #expect((ProfileName(text) != nil) == isName)
    }
}
