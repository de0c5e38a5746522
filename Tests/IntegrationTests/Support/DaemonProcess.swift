import Foundation
import Testing

/// A running `iam-brokerd`.
final class DaemonProcess: Sendable {
    let log = ProcessLog()
    let processID: Int32
    private let end = Occurrence<Int32>("the end of the daemon")

    /// Starts the daemon, and returns once it listens.
    ///
    /// With `user` it runs under that user ID, and without root's capabilities; the words `before` run all of it; with `namespace` in that network; the folder
    /// `readOnly` it cannot write to. With `journal` it is there that the daemon says that it listens.
    init(
        configuration: String,
        user: String? = nil,
        before: [String] = [],
        in namespace: NetworkNamespace? = nil,
        journal: ProcessLog? = nil,
        environment: [String: String] = [:],
        readOnly: String? = nil
    ) async throws {
        let process = Process()
        let identity = user.map { ["/usr/bin/setpriv", "--reuid", $0, "--regid", $0, "--clear-groups"] } ?? []
        let mount = readOnly.map { folder in
            let script = #"mount -t tmpfs -o ro,mode=700 none "$0" && exec "$@""#
            return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, folder]
        }
        let command =
            before + (namespace?.entering ?? []) + (mount ?? []) + identity + [try Program.daemon.url().path()]
        process.executableURL = URL(filePath: command[0])
        process.arguments = command.dropFirst() + ["--config", configuration, "--log-level", "debug"]
        process.environment = environment
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        process.terminationHandler = { [end] in end.happen($0.exitCode) }
        try process.run()
        processID = process.processIdentifier
        log.follow(pipe)
        do {
            try await (journal ?? log).wait(for: "Listening")
        } catch {
            kill(SIGKILL)
            throw error
        }
    }

    func kill(_ signal: Int32) {
        // A process that ended meanwhile is what the callers want.
        _ = Glibc.kill(processID, signal)
    }

    /// The exit code, or the negative number of the signal that ended the daemon.
    func waitForEnd() async throws -> Int32 {
        let exitCode = try await end.wait()
        try await log.waitForEnd()
        return exitCode
    }

    /// Stops the daemon as systemd does, and checks how it ended and that it kept its secrets.
    ///
    /// Neither `secrets` nor anything that looks like a token may be in its output.
    func stop(secrets: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        kill(SIGTERM)
        let start = ContinuousClock.now
        let exitCode = try await waitForEnd()
        #expect(exitCode == 0, sourceLocation: sourceLocation)
        #expect(ContinuousClock.now - start < .seconds(7), "the stop took too long", sourceLocation: sourceLocation)
        for secret in ["eyJ"] + secrets {
            // Not the text itself: a failure must not print a token either.
            let isLeaked = log.text.contains(secret)
            #expect(!isLeaked, "the daemon's output holds a secret", sourceLocation: sourceLocation)
        }
    }

    /// Seconds of processor time that the daemon has used.
    func processorTime() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
        // After the name in brackets, `utime` and `stime` are the 12th and 13th field (proc_pid_stat(5)).
        let fields = text.drop { $0 != ")" }.split(separator: " ").dropFirst()
        let ticks = try fields.dropFirst(11).prefix(2).map { try #require(Double($0)) }
        return ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
