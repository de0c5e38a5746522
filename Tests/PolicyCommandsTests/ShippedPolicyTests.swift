import DocumentReader
import Foundation
import Testing

@testable import PolicyCommands

/// The policies that we ship decide as the cases beside them say.
struct ShippedPolicyTests {
    private static let policies = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "policies").path()

    @Test func everyCasePasses() {
        var results = CaseResults()
        results.run([Self.policies])
        #expect(results.errors.errors.map(\.description) == [])
        #expect(results.cases.filter { !$0.passed }.map(\.name) == [])
        #expect(!results.cases.isEmpty)
    }

    @Test func everyPolicyHasCases() throws {
        let folder = "\(Self.policies)/examples"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let policies = names.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }
        #expect(policies.count >= 10)
        for name in policies { #expect(names.contains(name.replacing(".yaml", with: ".test.yaml"))) }
    }

    /// They also fit together, and into the daemon.
    @Test func allOfThemAreOneValidPolicy() {
        let report = PolicyCheck(configurationFile: nil, paths: ["\(Self.policies)/examples"]).report()
        // Whatever this machine has at the standard place of the configuration.
        let errors = report.errors.errors.filter { !$0.message.contains("in the configuration") }
        #expect(errors == [])
    }
}
