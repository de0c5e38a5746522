import AccessPolicy
import DocumentReader
import Testing

/// Documents that are made to do harm, or came from another system, and what is said of them.
struct HostileDocumentTests {
    private static let noAliases = "anchors and aliases (&name, *name) are not read here; write out what they stand for"

    @Test(arguments: [
        ("version: 1\ngrants: &a []", "p.yaml:2: \(noAliases)"),
        ("version: 1\ngrants: []\n&k mode: enforce", "p.yaml:3: \(noAliases)"),
        ("version: 1\ngrants: *a", "p.yaml:2: is not YAML: found undefined alias"),
        ("version: 1\n<<: { mode: observe }", "p.yaml:2: <<: unknown key; known here: version, mode, grants, denials"),
        ("%TAG !a! b\n---\nversion: 1", "p.yaml:1: begins with a directive (%); leave it out"),
        ("version: !!int 1", "p.yaml:1: tags (!name) are not read here; leave the tag out"),
        ("version: 1\ngrants: !custom []", "p.yaml:2: tags (!name) are not read here; leave the tag out"),
        ("version: 1\n? [a]\n: b", "p.yaml:2: a key must be a text"),
        ("version: 1\n\"version\": 1", "p.yaml:1: a mapping here has a key twice: version"),
        ("1: a\n\"1\": b", "p.yaml:2: 1: this key is here twice"),
        (
            "version: 1\n---\nversion: 1",
            "p.yaml:2: another document begins here, and a file has one; make it a file of its own"
        ),
        (
            "version: 1\ngrants:\n\t- name: a",
            "p.yaml:3: is not YAML: found character that cannot start any token; indent with spaces and not with tabs"
        ),
        ("version: 1\n# \u{7}", "p.yaml:2: is not YAML: control characters are not allowed"),
        (
            "version: 1\ngrants: \(String(repeating: "[", count: 33))\(String(repeating: "]", count: 33))",
            "p.yaml:2: is nested more than 32 deep"
        ),
        ("version: 1\ngrants: \(String(repeating: "[", count: 65))", "p.yaml:2: is nested more than 64 deep"),
        (
            "a: \(String(repeating: "- ", count: 900))b",
            "p.yaml:1: is not YAML: block sequence entries are not allowed in this context"
        ),
    ])
    func isRefused(text: String, message: String) {
        let error = #expect(throws: DocumentErrors.self) { try PolicyDecisionTests.document(text) }
        #expect(error?.description == message)
    }

    /// Ten levels of ten aliases stand for ten thousand million texts.
    @Test(.timeLimit(.minutes(1)), arguments: [10, 2])
    func aBombOfAliasesIsRefusedBeforeItIsParsed(width: Int) throws {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 {
            text +=
                "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: width).joined(separator: ", "))]\n"
        }
        // A key is compared with the others, and for that looked at as a whole.
        text += "? *a60\n: x\n"
        let duration = ContinuousClock()
            .measure {
                let error = #expect(throws: DocumentErrors.self) { try PolicyDecisionTests.document(text) }
                #expect(error?.description == "p.yaml:2: \(Self.noAliases)")
            }
        #expect(duration < .seconds(1))
    }

    @Test(arguments: [
        "# *a *b *c *d *e *f *g *h *i *j\nversion: 1",
        "version: 1 # it is *a *b *c *d *e *f *g *h *i *j\r\ngrants: []\r\n",
        "version: \"1\"", "version: '1'\n", "\u{FEFF}version: 1", "version: 1\r\ngrants: []\r\n",
        "---\nversion: 1\n...\n",
        "{ version: 1, grants: [] }", "version: 1\n\n\n",
    ])
    func isRead(text: String) throws {
        #expect(try PolicyDecisionTests.document(text).grants.isEmpty)
    }

    @Test func aTextOfTooManyElementsIsNotParsed() {
        let text = "version: 1\ngrants: [" + String(repeating: "a,", count: 1_000_000) + "]"
        let error = #expect(throws: DocumentErrors.self) { try PolicyDecisionTests.document(text) }
        #expect(error?.description == "p.yaml: has more than 1000000 elements")
    }

    @Test func aTextThatIsTooLargeIsNotParsed() {
        let most = 8 * 1_024 * 1_024
        let text = "version: 1\n#"
        let fits = text + String(repeating: "#", count: most - text.utf8.count)
        #expect(throws: Never.self) { try PolicyDecisionTests.document(fits) }
        let error = #expect(throws: DocumentErrors.self) { try PolicyDecisionTests.document(fits + "#") }
        #expect(error?.description == "p.yaml: is larger than 8 MiB")
    }

    @Test func tenThousandGrantsAreRead() throws {
        let grants = (0..<10_000)
            .map {
                "  - { name: g\($0), profiles: [reports], workloads: [{ uid: \($0), executable: /usr/bin/p\($0) }] }\n"
            }
        let policy = Policy([try PolicyDecisionTests.document("version: 1\ngrants:\n" + grants.joined())])
        let workload = Workload(processID: 1, userID: 9_999, executable: .known("/usr/bin/p9999"))
        let reports = try #require(ProfileName("reports"))
        guard case .permit(let permit) = policy.decide(workload, reports, at: .monday) else {
            Issue.record("the last grant does not permit")
            return
        }
        #expect(permit.grant == "g9999")
    }
}
