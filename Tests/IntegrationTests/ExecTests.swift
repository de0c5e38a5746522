import CloudSimulator
import Foundation
import Testing

/// Programs that `iam-broker exec` runs, against the daemon.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ExecTests {
    private struct Line: Decodable, Equatable {
        let `case`: String
        let detail: String
    }

    @Test func ibmsSDKHasNewTokensThroughTheEndpointAndOfItsProfileAlone() async throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
            "run `make test`, which prepares IBM's SDKs"
        )
        // Three lives of a token are what takes the time of this test.
        let cloud = try World.cloud(tokenLifetime: 12)
        try await cloud.withRunning(logger: World.logger) { address in
            try await World.run(Setup(), cloud, at: address.url) { world in
                let profiles = world.cloud.instance.profiles
                let own = "iam-" + (try #require(profiles.first { $0.name == "reports" }?.id))
                let other = try #require(profiles.first { $0.name == "backups" }?.id)
                let run = try await Program.command.run(
                    [
                        "exec", "--socket", world.workload, "--profile", "reports", "--endpoint", "--service", "demo",
                        "--",
                        python, Program.client("exec_client.py"), other,
                    ]
                )
                #expect(run.exitCode == 0, "\(run.errors)")
                let isLeaked = (run.output + run.errors).contains("eyJ")
                #expect(!isLeaked)
                let lines = try run.output.split(separator: "\n")
                    .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
                let refusal = "here is only the profile reports, under its name, ID or CRN"
                let expected = [
                    Line(case: "environment", detail: "VPCInstanceAuthenticator \(own)"),
                    Line(case: "vpc without a profile", detail: own), Line(case: "vpc, slash at the end", detail: own),
                    Line(case: "vpc, old version", detail: own), Line(case: "container", detail: own),
                    Line(case: "iam", detail: own), Line(case: "vpc, another profile", detail: "400 \(refusal)"),
                    Line(
                        case: "container, another profile",
                        detail: "400 Selected trusted profile not eligible. \(refusal)"
                    ),
                    Line(
                        case: "container, another profile's ID",
                        detail: "400 Selected trusted profile not eligible. \(refusal)"
                    ),
                    Line(
                        case: "iam, another profile",
                        detail: "400 Provided API key could not be found. \(refusal)"
                    ),
                    Line(case: "a stranger", detail: String(repeating: "404 b''\n", count: 3)),
                    Line(case: "three tokens in order", detail: "True"),
                    Line(case: "the first has ended", detail: "True"),
                ]
                for (line, expected) in zip(lines, expected) { #expect(line == expected) }
                #expect(lines.count == expected.count, "\(run.errors)")
            }
        }
    }

    /// When the token ends that is to be had.
    private func end(_ world: World) async throws -> Substring {
        try #require(try await world.ask().body.firstMatch(of: /"expires_at":([0-9]+)/)).1
    }

    @Test func aRenewedTokenRestartsTheProgramAndARefusalLeavesItAlone() async throws {
        try await World.run { world in
            let first = try await end(world)
            let folder = try ScratchFolder()
            let script = "echo run >> FILE; echo run $(wc -l < FILE) of ${#IC_IAM_TOKEN}; exec sleep 600"
            let options = ["--socket", world.workload, "--profile", "reports", "--restart", "--every", "1"]
            let exec = try await ServerProcess(
                [try Program.command.url().path(), "exec"] + options
                    + ["--", "/bin/sh", "-c", script.replacing("FILE", with: folder.path("runs"))],
                readyAt: "run 1 of "
            )
            // Two tokens of one second end at the same time, and are none the better for each other.
            while try await end(world) == first { _ = try await world.refresh() }
            try await exec.log.wait(for: "run 2 of ")
            let lock = try await Program.command.run(["lock", "reports", "--socket", world.admin])
            #expect(lock.exitCode == 0)
            try await exec.log.wait(for: "warning: no renewed token, and the program goes on: ")
            #expect(!exec.log.text.contains("run 3"))
            let isLeaked = exec.log.text.contains("eyJ")
            #expect(!isLeaked)
            exec.stop()
        }
    }
}
