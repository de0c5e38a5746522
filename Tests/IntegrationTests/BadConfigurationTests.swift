import Foundation
import Testing

/// A daemon that was configured wrongly does not start, and says where the mistake is.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct BadConfigurationTests {
    @Test(arguments: [
        ("profiles:", "profile:", ":3: profile: unknown key"),
        ("iam: { url: \"http://127.0.0.1:1", "iam: { url: \"http://192.0.2.1", ":2: iam.url: must begin with https://"),
        (
            "metadata: { url: \"http://127.0.0.1", "metadata: { url: \"http://192.0.2.1",
            ":1: metadata.url: must begin with"
        ),
        ("connections: 512", "request: 0s", ":10: limits.request: must be a time span"),
        ("-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273", "-1", ":5: profiles.backups.id: must be"),
    ])
    func aMistakeIsNamedWithFileLineAndKey(_ right: String, _ wrong: String, _ says: String) async throws {
        let folder = try ScratchFolder()
        let configuration = try Setup().write(to: folder, cloud: "http://127.0.0.1:1")
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try #require(text.contains(right))
        try folder.write("config.yaml", text.replacing(right, with: wrong))
        let run = try await Program.daemon.run(["--config", configuration])
        #expect(run.exitCode == 78)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("iam-brokerd: \(configuration)\(says)"), "\(run.errors)")
    }

    @Test
    func aGrantOfAProfileThatIsNotConfiguredIsAMistake() async throws {
        let folder = try ScratchFolder()
        let configuration = try Setup().write(to: folder, cloud: "http://127.0.0.1:1")
        try folder.write(
            "policies/more.yaml",
            "version: 1\ngrants:\n  - name: more\n    profiles: [reprots]\n    workloads: [ { uid: 0 } ]\n"
        )
        let run = try await Program.daemon.run(["--config", configuration])
        #expect(run.exitCode == 78)
        #expect(
            run.errors.contains("\(folder.path("policies/more.yaml")):4: grants[0].profiles[0]: there is no profile")
        )
    }

    @Test
    func aFileThatIsNotThereIsNamed() async throws {
        let run = try await Program.daemon.run(["--config", "/nowhere/config.yaml"])
        #expect(run.exitCode == 78)
        #expect(run.errors.hasPrefix("iam-brokerd: /nowhere/config.yaml: cannot be read"))
    }

    @Test
    func aGoodConfigurationPassesTheCheck() async throws {
        let folder = try ScratchFolder()
        let configuration = try Setup().write(to: folder, cloud: "http://127.0.0.1:1")
        let run = try await Program.daemon.run(["--config", configuration, "--check"])
        #expect(run.exitCode == 0)
        #expect(run.errors.isEmpty)
    }
}
