import Foundation
import Testing

/// Cores, which would hold what the command line holds.
@Suite(.timeLimit(.minutes(2))) struct CoreDumpTests {
    @Test func neitherACommandNorWhatExecRunsLeavesACore() async throws {
        try await withScratchFolder { folder in
            let script = #"cd "$1" && shift && exec "$@""#
            let run = try await CommandRun(
                program: URL(filePath: "/bin/sh"),
                ["-c", script, "sh", folder.path(), "/usr/bin/python3", Fixture.path("core_dumps.py")]
                    + [CommandRun.executable.path()],
                environment: ["PATH": "/usr/bin:/bin"]
            )
            #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
        }
    }
}
