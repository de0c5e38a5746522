import Foundation
import Testing

@Suite struct ShippedConfigurationTests {
    /// What is installed is valid as it stands, hands out nothing, and stays valid with each of its suggestions.
    @Test(arguments: [
        [], ["reports:", "id: Profile-", "prefetch: true"], ["account: "], ["iam:", "url: "],
        ["listen:", "metadata: 127", "credentials: /run"], ["audit: "],
    ])
    func isValid(_ suggestions: [String]) async throws {
        let folder = try ScratchFolder()
        defer { folder.discard() }
        let policies = folder.url.appending(path: "policies")
        try FileManager.default.createDirectory(at: policies, withIntermediateDirectories: true)
        var text = try String(contentsOf: UnitFile.packaging.appending(path: "etc/config.yaml"), encoding: .utf8)
        text = text.replacing("\npolicies: /etc/iam-broker/policies", with: "\npolicies: \(policies.path())")
        var found = 0
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                let key = line.drop { $0 == "#" || $0 == " " }
                guard line.hasPrefix("#"), suggestions.contains(where: key.hasPrefix) else { return String(line) }
                found += 1
                return String(line.dropFirst())
            }
        #expect(found == suggestions.count)
        let file = folder.url.appending(path: "config.yaml")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        let program = UnitFile.builtPrograms.appending(path: "iam-broker").path()
        let run = try await SystemProgram.run(program, "check", "--config", file.path())
        #expect(run.exitCode == 0, "\(run.output)")
        #expect(run.output.contains("so it permits nothing"))
    }
}
