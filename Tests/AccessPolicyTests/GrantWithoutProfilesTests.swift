import AccessPolicy
import DocumentReader
import Foundation
import Testing

/// A grant may be for metadata or certificates alone.
struct GrantWithoutProfilesTests {
    private static func document(_ line: String) throws(DocumentErrors) -> PolicyDocument {
        try PolicyDecisionTests.document("version: 1\ngrants:\n  - { name: a, workloads: [{ uid: 1 }]\(line) }")
    }

    @Test(arguments: [
        (", metadata: [instance]", ["instance"], false), (", metadata: [user_data]", ["user_data"], false),
        (", certificates: true", [], true), (", metadata: [], certificates: false", [], false),
        (", profiles: [], certificates: true", [], true),
    ])
    func profilesCanBeLeftOut(line: String, metadata: [String], certificates: Bool) throws {
        let grant = try #require(try Self.document(line).grants.first)
        #expect(grant.profiles.isEmpty)
        #expect(grant.metadata == metadata)
        #expect(grant.certificates == certificates)
    }

    @Test(arguments: [
        ("", "key 'profiles' is missing"), (", certificates: false", "key 'profiles' is missing"),
        (", metadata: [instance], profiles: [nowhere]", "there is no profile of this name in the configuration"),
        (", metadata: [instance], profiles: reports", "must be a list"),
        (", metadata: ['user_data*']", "must be a path of the metadata service"),
        (", profiles: [], certificates: 1", "must be true or false"),
        (", profiles: [], certificates: yes", "must be true or false"),
    ])
    func whatItIsForMustBeSaid(line: String, message: String) {
        let error = #expect(throws: DocumentErrors.self) { try Self.document(line) }
        #expect(error?.errors.count == 1)
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    private static func warnings(_ lines: String...) throws -> [String] {
        let grants = lines.enumerated().map { "  - { name: g\($0.offset), workloads: [{ uid: 1 }], \($0.element) }" }
        let document = try PolicyDecisionTests.document("version: 1\ngrants:\n" + grants.joined(separator: "\n"))
        let machine = MachineFacts(hasUser: { _ in true }, file: { _ in nil }, sha256: { _ in nil })
        return Lint([document], profiles: nil, machine: machine, now: .monday).warnings().map(\.message)
    }

    @Test(
        arguments: [
            ("metadata: [instance]", nil), ("certificates: true", nil),
            ("metadata: []", "names no profile, so it gives nothing to anybody"),
            (
                "profiles: [reports], mode: observe",
                "mode observe gives its profiles to everybody whom no denial names"
            ),
            ("certificates: true, mode: observe", nil),
        ] as [(String, String?)]
    )
    func lintKnowsWhatAGrantGives(line: String, message: String?) throws {
        #expect(try Self.warnings(line) == [message].compactMap(\.self))
    }

    @Test(arguments: [
        ("profiles: [reports]", "profiles: [reports], metadata: [instance]", false),
        ("profiles: [reports], metadata: [instance]", "profiles: [reports], metadata: [instance]", true),
        ("metadata: [instance], certificates: true", "certificates: true", true),
        ("metadata: [instance]", "metadata: [keys]", false), ("metadata: [user_data]", "certificates: true", false),
    ])
    func aGrantIsSuperfluousWhenOneBeforeGivesAllOfIt(first: String, second: String, isSuperfluous: Bool) throws {
        let expected = ["is never used: grant 'g0' at p.yaml:3 comes first and permits the same"]
        #expect(try Self.warnings(first, second) == (isSuperfluous ? expected : []))
    }
}
