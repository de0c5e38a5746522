import Foundation
import Testing

/// Tools that nobody here wrote, with credentials from the helpers.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ToolTests {
    private func run(_ name: String, _ world: World, in namespace: [String] = []) async throws -> String {
        let folder = try ScratchFolder()
        let python = [
            "/usr/bin/python3", Program.client("tools.py"), name, try Program.command.url().path(), world.workload,
        ]
        let run = try await Program.run(
            URL(filePath: "/usr/bin/env"),
            ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] + namespace + python + [folder.path("")]
        )
        #expect(run.exitCode == 0, "\(run.errors)")
        return String(run.output.dropLast())
    }

    @Test func gitFillsInATokenForItsHostAndNoOther() async throws {
        try await World.run { world in
            let filled = #"[0, "protocol=https\nhost=git.example.com\nusername=iam\npassword=TOKEN\n"]"#
            let output = try await run("git", world)
            // git tells of the expiry from 2.41 on.
            #expect(
                output.replacing(/password_expiry_utc=[0-9]+\\n/, with: "").contains(#""git.example.com": \#(filled)"#)
            )
            #expect(output.contains(#""git.example.com.evil.example": [128, ""]"#), "\(output)")
        }
    }

    @Test func gitStopsWhenThereIsNoToken() async throws {
        try await World.run { world in
            let lock = try await Program.command.run(["lock", "reports", "--socket", world.admin])
            #expect(lock.exitCode == 0)
            let output = try await run("git-without-a-token", world)
            #expect(output.contains(#""code": 128"#) && output.contains(#""output": """#), "\(output)")
            #expect(output.contains("locked by an operator") && output.contains("told us to quit"), "\(output)")
        }
    }

    @Test func kubectlReachesItsServer() async throws {
        try await World.run { world in
            let output = try await run("kubectl-v1beta1", world)
            #expect(output.contains(#""code": 0"#) && output.contains("v1.20.2"), "\(output)")
            #expect(output.contains(#""seen": [true]"#), "\(output)")
        }
    }

    @Test func skopeoReadsFromARegistryThatTakesTokensNeedsRoot() async throws {
        try await World.run { world in
            let output = try await run("skopeo", world, in: ["unshare", "--mount", "--net"])
            #expect(output == #"{"code": 0, "errors": "", "got": true, "seen": [true]}"#)
        }
    }

    @Test func podmanPullsFromARegistryThatTakesTokensNeedsRoot() async throws {
        try await World.run { world in
            let output = try await run("podman", world, in: ["unshare", "--mount", "--net"])
            #expect(output == #"{"code": 0, "errors": "", "got": true, "seen": [true]}"#)
        }
    }

    @Test func twoHundredHelpersAtOnceAreAnswered() async throws {
        try await World.run { world in
            let output = try await run("crowd", world)
            #expect(output == #"{"codes": [0], "errors": [""], "right": 200}"#)
        }
    }
}
