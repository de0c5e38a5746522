import AccessPolicy
import DocumentReader
import Testing

/// Each selector at the boundaries of what it may say.
struct SelectorReadingTests {
    private static let digest = String(repeating: "0a", count: 32)
    private static let unitNames =
        "must be the name of a unit, such as reports.service; it ends in .service, .scope, .socket, .mount, .swap"
    private static let container =
        "must be the whole ID of a container: 64 hexadecimal digits, letters in lower case"
    private static let plainPath = "must be a path without '//', '.', '..' and a '/' at its end"

    @Test(
        arguments: [
            ("user: reports", .user(1_000, name: "reports")), ("user: root", .user(0, name: "root")),
            ("uid: 0", .user(0, name: nil)), ("uid: 4294967294", .user(4_294_967_294, name: nil)),
            ("group: backup", .group(34, name: "backup")), ("gid: 4294967294", .group(4_294_967_294, name: nil)),
            ("login_user: reports", .loginUser(1_000, name: "reports")), ("login_uid: 7", .loginUser(7, name: nil)),
            ("executable: /a", .executable("/a")), ("executable: /a/...b/.c", .executable("/a/...b/.c")),
            ("executable: \"/a\\nb c\"", .executable("/a\nb c")),
            (
                "executable: /\(String(repeating: "a", count: 4_094))",
                .executable("/" + String(repeating: "a", count: 4_094))
            ),
            ("sha256: \(digest)", .sha256(digest)), ("sha256: \(digest.uppercased())", .sha256(digest)),
            ("unit: a.service", .unit("a.service")), ("unit: session-1.scope", .unit("session-1.scope")),
            ("unit: a@b.service", .unit("a@b.service")), ("unit: 'dev\\x2dsda.swap'", .unit("dev\\x2dsda.swap")),
            (
                "unit: \(String(repeating: "a", count: 247)).service",
                .unit(String(repeating: "a", count: 247) + ".service")
            ),
            ("slice: system.slice", .slice("system.slice")), ("slice: \"-.slice\"", .slice("-.slice")),
            ("container: \(digest)", .container(digest)),
            ("pod: 0b6f3c1e-4d2a-4f5b-9c8d-7e6f5a4b3c2d", .pod("0b6f3c1e-4d2a-4f5b-9c8d-7e6f5a4b3c2d")),
            ("label: unconfined", .label("unconfined")), ("label: \"a b (enforce)\"", .label("a b (enforce)")),
        ] as [(String, Selector)]
    )
    func isRead(text: String, selector: Selector) throws {
        let document = try PolicyDecisionTests.document(Self.grant(text))
        #expect(document.grants.first?.workloads == [WorkloadPattern(selectors: [selector])])
    }

    @Test(
        arguments: [
            ("user: nobody-here", "user: this machine has no user 'nobody-here'"),
            // In C it would be root.
            (#"user: "root\0x""#, #"user: this machine has no user 'root\u{0}x'"#),
            ("user: [root]", "user: must be a text"), ("user:", "user: must have a value"),
            ("group: nobody-here", "group: this machine has no group 'nobody-here'"),
            ("login_user: nobody-here", "login_user: this machine has no user 'nobody-here'"),
            ("uid: -1", "uid: must be a whole number from 0 to 4294967294"),
            ("uid: 4294967295", "uid: must be a whole number from 0 to 4294967294"),
            ("gid: 1.0", "gid: must be a whole number from 0 to 4294967294"),
            ("login_uid: 4294967295", "login_uid: must be a whole number from 0 to 4294967294"),
            ("executable: bin/a", "executable: must be an absolute path"),
            ("executable: /", "executable: \(plainPath)"),
            ("executable: /a/", "executable: \(plainPath)"), ("executable: //a", "executable: \(plainPath)"),
            ("executable: /a//b", "executable: \(plainPath)"), ("executable: /a/./b", "executable: \(plainPath)"),
            ("executable: /a/..", "executable: \(plainPath)"),
            ("executable: \"/a\\0\"", "executable: must be shorter than 4096 bytes, without NUL"),
            (
                "executable: /\(String(repeating: "a", count: 4_095))",
                "executable: must be shorter than 4096 bytes, without NUL"
            ),
            ("sha256: \(digest.dropLast())", "sha256: must be 64 hexadecimal digits, as sha256sum prints them"),
            ("sha256: \(digest)0", "sha256: must be 64 hexadecimal digits, as sha256sum prints them"),
            ("sha256: g\(digest.dropFirst())", "sha256: must be 64 hexadecimal digits, as sha256sum prints them"),
            ("unit: reports", "unit: \(unitNames)"), ("unit: .service", "unit: \(unitNames)"),
            ("unit: a/b.service", "unit: \(unitNames)"), ("unit: a.timer", "unit: \(unitNames)"),
            ("unit: \(String(repeating: "a", count: 248)).service", "unit: \(unitNames)"),
            ("unit: system.slice", "unit: is a slice; write 'slice: system.slice'"),
            ("slice: .slice", "slice: must be the name of a slice, such as system.slice"),
            ("slice: system", "slice: must be the name of a slice, such as system.slice"),
            ("slice: a/b.slice", "slice: must be the name of a slice, such as system.slice"),
            ("container: \(digest.uppercased())", "container: \(container)"),
            ("container: \(digest.prefix(12))", "container: \(container)"),
            (
                "pod: 0B6F3C1E-4D2A-4F5B-9C8D-7E6F5A4B3C2D",
                "pod: must be the UID of a pod: a UUID, letters in lower case"
            ),
            (
                "pod: 0b6f3c1e4d2a4f5b9c8d7e6f5a4b3c2d",
                "pod: must be the UID of a pod: a UUID, letters in lower case"
            ),
            ("label: \"\"", "label: must be 1 to 4095 bytes without control characters"),
            ("label: \"a\\nb\"", "label: must be 1 to 4095 bytes without control characters"),
            (
                "colour: red",
                "colour: unknown key; known here: user, uid, group, gid, login_user, login_uid, executable, sha256, unit, slice, container, pod, label"
            ),
        ]
    )
    func isRefused(text: String, message: String) {
        let error = #expect(throws: DocumentErrors.self) { try PolicyDecisionTests.document(Self.grant(text)) }
        #expect(error?.description == "p.yaml:6: grants[0].workloads[0].\(message)")
    }

    private static func grant(_ selector: String) -> String {
        "version: 1\ngrants:\n  - name: a\n    profiles: [reports]\n    workloads:\n      - \(selector)"
    }
}
