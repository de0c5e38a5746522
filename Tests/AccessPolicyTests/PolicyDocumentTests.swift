import AccessPolicy
import DocumentReader
import Testing

/// What is wrong with a policy document is said with file, line and key.
struct PolicyDocumentTests {
    @Test(arguments: [
        ("grants: []", "p.yaml:1: key 'version' is missing"),
        ("version: 2", "p.yaml:1: version: must be 1"),
        ("version: 1\ngrant: []", "p.yaml:2: grant: unknown key; known here: version, grants, denials"),
        ("version: 1\ngrants: {}", "p.yaml:2: grants: must be a list"),
        ("version: 1\nversion: 1", "p.yaml:1: a mapping here has a key twice: version"),
        (
            "version: 1\ngrants:\n  - profiles: [reports]\n    workloads: []",
            "p.yaml:3: grants[0]: key 'name' is missing"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: [reprots]\n    workloads: []",
            "p.yaml:4: grants[0].profiles[0]: there is no profile of this name in the configuration"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: [reports]\n    workloads: [{ user: reprots }]",
            "p.yaml:5: grants[0].workloads[0].user: this machine has no user 'reprots'"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: [reports]\n    workloads: [{ uid: -1 }]",
            "p.yaml:5: grants[0].workloads[0].uid: must be a whole number from 0 to 4294967294"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: [reports]\n    workloads: [{ executable: bin/a }]",
            "p.yaml:5: grants[0].workloads[0].executable: must be an absolute path"
        ),
        (
            "version: 1\ngrants:\n  - name: a\n    profiles: [reports]\n    workloads: [{ unit: a.service }]",
            "p.yaml:5: grants[0].workloads[0].unit: unknown key; known here: user, uid, group, gid, executable"
        ),
        (
            "version: 1\ndenials:\n  - { name: a, workloads: [{ uid: 1 }] }\n  - { name: a, workloads: [{ uid: 1 }] }",
            "p.yaml:4: denials[1].name: is the name of another grant or denial, too"
        ),
        (
            "version: 1\ndenials:\n  - { name: a, workloads: [{}] }",
            "p.yaml:3: denials[0]: a denial without selectors denies nobody; say whom it is for"
        ),
        (
            "version: 1\ngrants:\n  - { name: '', profiles: [], workloads: [] }",
            "p.yaml:3: grants[0].name: must be 1 to 64 ASCII characters, no spaces"
        ),
        ("version: 1\ngrants: [", "p.yaml:3: is not YAML: did not find expected node content"),
        ("", "p.yaml: is empty"),
    ])
    func theErrorNamesThePlace(text: String, message: String) {
        #expect(throws: DocumentError.self) { try PolicyDecisionTests.document(text) }
        do {
            _ = try PolicyDecisionTests.document(text)
        } catch {
            #expect(error.description == message)
        }
    }

    @Test(arguments: [
        ("a", true), ("A9._-", true), ("", false), (".a", false), ("-a", false), ("a b", false), ("ä", false),
        (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
    ])
    func profileNamesAreShortAndPlain(text: String, isName: Bool) {
        #expect((ProfileName(text) != nil) == isName)
    }
}
