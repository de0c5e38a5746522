import Foundation
import Testing

/// A network namespace, until ``stop()``.
///
/// A process that reads its standard input holds it: that process ends with the tests, however they end.
final class NetworkNamespace: Sendable {
    private let holder = Process()
    private let input: FileHandle

    init() async throws {
        try #require(geteuid() == 0, "this test needs root: it makes network namespaces")
        let (inputPipe, outputPipe) = (Pipe(), Pipe())
        holder.executableURL = URL(filePath: "/usr/bin/unshare")
        holder.arguments = ["--net", "--", "/bin/cat"]
        holder.environment = [:]
        (holder.standardInput, holder.standardOutput) = (inputPipe, outputPipe)
        input = inputPipe.fileHandleForWriting
        try holder.run()
        let log = ProcessLog()
        log.follow(outputPipe)
        // What it gives back tells that it is there.
        try input.write(contentsOf: Data("ready\n".utf8))
        try await log.wait(for: "ready\n")
    }

    deinit { stop() }

    /// Ends what holds it; a process in it keeps it for as long as it runs.
    func stop() {
        if holder.isRunning { kill(holder.processIdentifier, SIGKILL) }
        // What is not closed here stays open for as long as the tests run.
        try? input.close()
    }

    var processID: Int32 { holder.processIdentifier }

    /// The command that runs another one in it.
    var entering: [String] { ["/usr/bin/nsenter", "--target", "\(processID)", "--net", "--"] }

    /// Runs a program in it, as root, to its end.
    func run(_ command: [String]) async throws -> ProgramRun {
        try await Program.run(URL(filePath: entering[0]), entering.dropFirst() + command)
    }

    /// Runs shell commands in it, as root, which must succeed.
    @discardableResult
    func sh(_ script: String) async throws -> String {
        let run = try await run(["/bin/sh", "-ec", "PATH=/usr/sbin:/sbin:/usr/bin:/bin\n" + script])
        try #require(run.exitCode == 0, "\(run.errors)")
        return run.output
    }
}
