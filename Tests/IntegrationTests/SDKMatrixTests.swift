import CloudSimulator
import Foundation
import Testing

/// IBM's own SDKs from PyPI, as they are, against the daemon's loopback listener and the simulated services.
@Suite(.timeLimit(.minutes(2)))
struct SDKMatrixTests {
    private struct Line: Decodable {
        let client: String
        let version: String
        let `case`: String
        let result: String
        let detail: String
    }

    @Test func unmodifiedSDKsGetWhatPolicyGrantsAndNothingElse() async throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
            "run `make test`, which prepares IBM's SDKs"
        )
        var setup = Setup()
        setup.emulation = "127.0.0.1:0"
        try await World.run(setup) { world in
            let emulation = try world.emulation
            let profile = try #require(world.cloud.instance.profiles.first { $0.name == "reports" })
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Clients/sdk_matrix.py")
                .path()
            let account = world.cloud.instance.account
            let crn = "crn:v1:bluemix:public:iam-identity::a/\(account)::profile:\(profile.id)"
            let arguments = [script, emulation, crn, world.url, world.admin]
            let run = try await Program.run(URL(filePath: python), arguments)
            let lines = try run.output.split(separator: "\n")
                .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
            for line in lines {
                #expect(line.result == "ok", "\(line.client) \(line.version), \(line.case): \(line.detail)")
            }
            #expect(lines.count == 46, "\(run.errors)")
            #expect(run.exitCode == 0, "\(run.errors)")
            // The table for whoever reads the log of the tests.
            print(lines.map { "| \($0.client) | \($0.version) | \($0.case) | \($0.result) |" }.joined(separator: "\n"))
        }
    }
}
