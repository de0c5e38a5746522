import Foundation
import Testing

/// `iam-broker policy` and `iam-broker check`, with the daemon's program beside it.
struct PolicyCommandTests {
    private static let configuration = """
        profiles:
          reports: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b }
          backups: { id: Profile-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273 }
        """
    private static let good = """
        version: 1
        grants:
          - { name: root, profiles: [reports, backups], workloads: [{ user: root }] }
        """

    @Test func aValidPolicyIsValid() async throws {
        try await withWorld(["a.yaml": Self.good]) { world in
            for command in [["policy", "check"], ["check"]] {
                let run = try await CommandRun(command + ["--config", world.configuration], input: Data())
                #expect(run.exitCode == 0)
                #expect(run.output == "valid: 1 file, 1 grant, 0 denials, 0 warnings\n")
                #expect(run.errors.isEmpty)
            }
        }
    }

    @Test func everyErrorIsALine() async throws {
        let bad = """
            version: 1
            grants:
              - { name: a, profiles: [nowhere], workloads: [{ user: nobody-here }] }
            """
        try await withWorld(["a.yaml": Self.good, "b.yaml": bad, "c.yaml": "version: 2"]) { world in
            let expected = """
                \(world.policies)/b.yaml:3: grants[0].profiles[0]: there is no profile of this name in the configuration
                \(world.policies)/b.yaml:3: grants[0].workloads[0].user: this machine has no user 'nobody-here'
                \(world.policies)/c.yaml:1: version: must be 1
                not valid: 3 errors

                """
            for command in [["policy", "check"], ["check"]] {
                let run = try await CommandRun(command + ["--config", world.configuration], input: Data())
                #expect(run.exitCode == 78)
                #expect(run.output == expected)
                #expect(run.errors.isEmpty)
            }
            let json = try await CommandRun("policy", "check", "--json", "--config", world.configuration)
            #expect(json.exitCode == 78)
            let answer = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
            #expect(!answer.valid)
            #expect(answer.errors.map(\.line) == [3, 3, 1])
            #expect(answer.errors[0].key == "grants[0].profiles[0]")
        }
    }

    @Test func warningsAreNoErrorsUnlessTheyAreToBe() async throws {
        let doubtful = Self.good + "\n  - { name: nobody, profiles: [reports], workloads: [] }"
        try await withWorld(["a.yaml": doubtful]) { world in
            let run = try await CommandRun("policy", "check", "--config", world.configuration)
            #expect(run.exitCode == 0)
            #expect(
                run.output == """
                    \(world.policies)/a.yaml:4: warning: grants[1] 'nobody': names no workload, so it permits nobody
                    valid: 1 file, 2 grants, 0 denials, 1 warning

                    """
            )
            let strict = try await CommandRun("policy", "check", "--strict", "--config", world.configuration)
            #expect(strict.exitCode == 1)
            #expect(strict.output == run.output)
            let json = try await CommandRun("policy", "check", "--json", "--config", world.configuration)
            let answer = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
            #expect(answer.valid)
            #expect(answer.warnings.map(\.key) == ["grants[1] 'nobody'"])
        }
    }

    @Test func aBrokenConfigurationIsAnErrorAndSoIsAMissingOne() async throws {
        try await withWorld(["a.yaml": Self.good]) { world in
            let missing = try await CommandRun("policy", "check", "--config", "/nowhere/config.yaml")
            #expect(missing.exitCode == 78)
            #expect(
                missing.output
                    == "/nowhere/config.yaml: cannot be read: there is no such file\nnot valid: 1 error\n"
            )
            try Data("profile: {}".utf8).write(to: URL(filePath: world.configuration))
            let broken = try await CommandRun("check", "--config", world.configuration)
            #expect(broken.exitCode == 78)
            #expect(broken.output.hasPrefix("\(world.configuration):1: profile: unknown key"))
        }
    }

    @Test func pathsAreCheckedInsteadOfTheConfiguredFolder() async throws {
        try await withWorld(["a.yaml": "version: 2"]) { world in
            let other = "\(world.folder)/other.yaml"
            try Data(Self.good.utf8).write(to: URL(filePath: other))
            let run = try await CommandRun("policy", "check", "--config", world.configuration, other)
            #expect(run.exitCode == 0)
            #expect(run.output == "valid: 1 file, 1 grant, 0 denials, 0 warnings\n")
            let folder = try await CommandRun("policy", "check", "--config", world.configuration, world.policies, other)
            #expect(folder.exitCode == 78)
            #expect(folder.output == "\(world.policies)/a.yaml:1: version: must be 1\nnot valid: 1 error\n")
        }
    }

    @Test func casesAreRun() async throws {
        let cases = """
            version: 1
            cases:
              - { name: root may, workload: { user: root }, profile: reports, expect: permit, grant: root }
              - { name: others may, workload: { uid: 7 }, profile: reports, expect: permit }
            """
        try await withWorld(["a.yaml": Self.good, "a.test.yaml": cases]) { world in
            let expected = """
                ok   \(world.policies)/a.test.yaml:3: root may
                FAIL \(world.policies)/a.test.yaml:4: others may: expected permit, got deny (reason no_grant_matches)
                     nearest grant 'root' at \(world.policies)/a.yaml:3: user root is asked for, the workload has 7
                1 passed, 1 failed

                """
            for arguments in [
                ["--config", world.configuration], [world.policies], [world.folder], ["\(world.policies)/a.test.yaml"],
            ] {
                let run = try await CommandRun(["policy", "test"] + arguments, input: Data())
                #expect(run.exitCode == 1)
                #expect(run.output == expected)
                #expect(run.errors.isEmpty)
            }
            let json = try await CommandRun("policy", "test", "--json", world.policies)
            #expect(json.exitCode == 1)
            #expect(json.output.hasSuffix(#""errors":[],"failed":1,"omitted":0,"passed":1}"# + "\n"))
            try Data(cases.split(separator: "\n").dropLast().joined(separator: "\n").utf8)
                .write(to: URL(filePath: "\(world.policies)/a.test.yaml"))
            let good = try await CommandRun("policy", "test", world.policies)
            #expect(good.exitCode == 0)
            #expect(good.output == "ok   \(world.policies)/a.test.yaml:3: root may\n1 passed, 0 failed\n")
        }
    }

    @Test func noCasesAreAFailure() async throws {
        try await withWorld(["a.yaml": Self.good]) { world in
            let run = try await CommandRun("policy", "test", world.policies)
            #expect(run.exitCode == 1)
            #expect(
                run.output == "no cases: write them beside the policies, in files whose names end in .test.yaml\n"
            )
        }
    }

    @Test func casesThatCannotBeReadAreAnError() async throws {
        try await withWorld([
            "a.yaml": Self.good, "a.test.yaml": "version: 1",
            "b.test.yaml": "version: 1\npolicies: [c.yaml]\ncases: []",
        ]) { world in
            let run = try await CommandRun("policy", "test", world.policies, "\(world.policies)/a.yaml")
            #expect(run.exitCode == 78)
            #expect(
                run.output == """
                    error: \(world.policies)/a.test.yaml:1: key 'cases' is missing
                    error: \(world.policies)/a.yaml: is no file of cases: its name must end in .test.yaml
                    error: \(world.policies)/c.yaml: cannot be read: there is no such file
                    0 passed, 0 failed, 3 errors

                    """
            )
        }
    }

    @Test(arguments: [
        (
            ["policy", "check", "--help"],
            "USAGE: iam-broker policy check [--config <config>] [--strict] [--json] [<path> ...]"
        ),
        (["policy", "test", "--help"], "USAGE: iam-broker policy test [--config <config>] [--json] [<path> ...]"),
        (["check", "--help"], "USAGE: iam-broker check [--config <config>] [--json]"),
        (["policy", "--help"], "USAGE: iam-broker policy <subcommand>"),
    ])
    func helpNamesTheOptions(arguments: [String], usage: String) async throws {
        let run = try await CommandRun(arguments, input: Data())
        #expect(run.exitCode == 0)
        #expect(run.output.contains(usage), "\(run.output)")
    }

    @Test func wrongUsageIsWrongUsage() async throws {
        for arguments in [["policy", "check", "--nonsense"], ["policy", "test", "--config"], ["check", "extra"]] {
            let run = try await CommandRun(arguments, input: Data())
            #expect(run.exitCode == 64)
            #expect(run.output.isEmpty)
        }
    }

    /// A copy of the command in a folder of its own has no daemon beside it.
    @Test func withoutTheDaemonsProgramItIsUnavailable() async throws {
        try await withScratchFolder { folder in
            let copy = folder.appending(path: "iam-broker")
            // Another program copies: what this process begins meanwhile would hold the copy open for writing.
            let copying = try await CommandRun(
                program: URL(filePath: "/bin/cp"),
                [CommandRun.executable.path(), copy.path()]
            )
            try #require(copying.exitCode == 0, "\(copying.errors)")
            let errors = folder.appending(path: "errors")
            try Data().write(to: errors)
            let process = Process()
            process.executableURL = copy
            process.arguments = ["policy", "check"]
            process.environment = ProcessInfo.processInfo.environment
            process.standardError = try FileHandle(forWritingTo: errors)
            try await process.runToItsEnd()
            #expect(process.terminationStatus == 69)
            let text = try String(contentsOf: errors, encoding: .utf8)
            #expect(text.contains("iam-brokerd\": No such file or directory"))
            #expect(text.contains("hint: install iam-brokerd beside iam-broker"))
        }
    }

    private struct Report: Decodable {
        struct Finding: Decodable {
            var file: String
            var line: Int?
            var key: String
            var message: String
        }
        var valid: Bool
        var errors: [Finding]
        var warnings: [Finding]
    }

    private struct World {
        let folder: String
        var configuration: String { "\(folder)/config.yaml" }
        var policies: String { "\(folder)/policies" }
    }

    private func withWorld(_ files: [String: String], _ body: (World) async throws -> Void) async throws {
        try await withScratchFolder { folder in
            let path = folder.path()
            let world = World(folder: path.hasSuffix("/") ? String(path.dropLast()) : path)
            try FileManager.default.createDirectory(atPath: world.policies, withIntermediateDirectories: true)
            for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(world.policies)/\(name)")) }
            try Data("\(Self.configuration)\npolicies: \(world.policies)\n".utf8)
                .write(to: URL(filePath: world.configuration))
            try await body(world)
        }
    }
}
