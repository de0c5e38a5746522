import Foundation
import Testing

/// Helpers and tools that are not there, or are somebody else's.
@Suite(.timeLimit(.minutes(5))) struct SetupHelperTests {
    @Test func aHelperThatIsNotOursIsFoundByAskingIt() async throws {
        try await ToolHome.with(".docker/config.json", helpers: []) { home in
            try await home.standIn("docker-credential-iam-broker", #"echo '{"us.icr.io":"somebody"}'"#)
            let run = try await home.setup(SetupCase.docker.arguments)
            #expect(run.exitCode == 1)
            #expect(run.errors.contains("is not iam-broker's helper: asked for a list, it has one"), "\(run.errors)")
        }
    }

    @Test(arguments: [SetupCase.docker, .git, .kubectl, .aws, .terraform, .curl])
    func withoutTheHelperInPathNothingIsChanged(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file, helpers: []) { home in
            let run = try await home.setup(tool.arguments)
            #expect(run.exitCode == 1 && run.errors.contains("is nowhere in PATH"), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: home.file.path()))
        }
    }

    @Test(arguments: [SetupCase.git, .kubectl])
    func withoutTheToolThatReadsTheFileNothingIsChanged(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            try home.write(tool.others)
            let run = try await home.setup(tool.arguments, environment: ["PATH": home.bin.path()])
            #expect(run.exitCode == 69 && run.errors.contains("\(tool.tool) is nowhere in PATH"), "\(run.errors)")
            #expect(home.text() == tool.others)
        }
    }

    @Test(arguments: [SetupCase.aws, .rclone, .sdk])
    func withoutTheToolTheSettingIsMadeAndThatIsSaid(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            let run = try await home.setup(tool.arguments, environment: ["PATH": home.bin.path()])
            #expect(run.exitCode == 0 && run.output.contains("to be asked"), "\(run.errors)")
        }
    }
}
