import AccessPolicy
import DocumentReader
import Foundation
import Testing

/// Cases that ask for what the instance gives besides tokens.
struct ResourceCaseTests {
    private static let policy = """
        version: 1
        grants:
          - { name: reader, metadata: [instance, user_data], workloads: [{ uid: 1 }] }
          - { name: signer, certificates: true, workloads: [{ uid: 2 }], not_before: 2027-01-01T00:00:00Z }
        denials:
          - { name: no, workloads: [{ uid: 3 }] }
          - { name: not-yet, workloads: [{ uid: 1, gid: 9 }], mode: observe }
        """

    @Test(
        arguments: [
            ("uid: 1", "metadata: instance", "permit, grant: reader", "permit (grant reader)"),
            ("uid: 1", "metadata: instance/volume_attachments", "permit", "permit (grant reader)"),
            ("uid: 1", "metadata: instance/initialization", "deny, reason: nobody_may", "deny (reason nobody_may)"),
            ("uid: 1", "metadata: user_data", "permit", "permit (grant reader)"),
            ("uid: 1", "metadata: keys", "permit", nil),
            (
                "uid: 1, gid: 9", "metadata: instance", "observe, denial: not-yet",
                "observe (grant reader, reason denied, denial not-yet)"
            ),
            ("uid: 2", "metadata: instance", "deny, reason: no_grant_matches", "deny (reason no_grant_matches)"),
            ("uid: 2", "certificates: true", "deny, grant: signer", "deny (grant signer, reason not_now)"),
            ("uid: 3", "certificates: true", "deny, denial: no", "deny (reason denied, denial no)"),
            ("uid: 1", "certificates: true", "deny", "deny (reason no_grant_matches)"),
        ] as [(String, String, String, String?)]
    )
    func aCaseMayAskForWhatTheInstanceGives(
        workload: String,
        question: String,
        expected: String,
        outcome: String?
    ) throws {
        let item = try read("{ name: a, workload: { \(workload) }, \(question), expect: \(expected) }")
        let document = try PolicyDocument(
            parsing: Self.policy,
            file: "p.yaml",
            profiles: nil,
            accounts: .invented()
        )
        let actual = Policy([document]).outcome(item.workload, item.question, at: .monday)
        #expect(item.isMet(by: actual) == (outcome != nil))
        if let outcome { #expect("\(actual)" == outcome) }
    }

    private func read(_ item: String) throws -> PolicyCase {
        let text = "version: 1\ncases: [\(item)]\n"
        return try #require(
            try PolicyCaseDocument(parsing: text, file: "p.test.yaml", accounts: .invented()).cases.first
        )
    }
}
