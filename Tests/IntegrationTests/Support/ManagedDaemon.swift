import Foundation
import Glibc
import Testing

/// A daemon that a ``ServiceStandIn`` started.
final class ManagedDaemon: Sendable {
    let log = ProcessLog()
    let processID: pid_t
    private let end = Occurrence<Int32>("the end of the daemon")

    /// The shell knows the process ID that the daemon will have, which is its own.
    private static let script = #"LISTEN_PID=${LISTEN_PID-$$}; export LISTEN_PID; exec "$0" "$@""#
    /// The first of those that are handed over (sd_listen_fds(3)).
    private static let first: Int32 = 3
    /// Above all that are handed over.
    private static let high: Int32 = 200

    init(_ configuration: String, _ descriptors: [Int32], _ environment: [String: String]) throws {
        let pipe = Pipe()
        let output = pipe.fileHandleForWriting.fileDescriptor
        var actions = posix_spawn_file_actions_t()
        try #require(posix_spawn_file_actions_init(&actions) == 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for number in [1, 2] as [Int32] { posix_spawn_file_actions_adddup2(&actions, output, number) }
        // Through high numbers, so that none is in another's place before it was copied.
        var copies: [Int32] = []
        defer { for copy in copies { close(copy) } }
        for (offset, descriptor) in descriptors.enumerated() {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, Self.high)
            try #require(copy >= 0, "errno \(errno)")
            copies.append(copy)
            posix_spawn_file_actions_adddup2(&actions, copy, Self.first + Int32(offset))
        }
        let command = [
            "/bin/sh", "-c", Self.script, try Program.daemon.url().path(), "--config", configuration, "--log-level",
            "debug",
        ]
        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var processID: pid_t = 0
        let result = posix_spawn(&processID, "/bin/sh", &actions, nil, &arguments, &variables)
        try #require(result == 0, "errno \(result)")
        self.processID = processID
        try pipe.fileHandleForWriting.close()
        log.follow(pipe)
        Thread.detachNewThread { [end, processID] in
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0, errno == EINTR {}
            // The lower seven bits are the signal (waitpid(2)).
            end.happen(status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F))
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

    /// Stops it as systemd does; it must end well and have kept its secrets.
    func stop(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        kill(SIGTERM)
        let exitCode = try await waitForEnd()
        #expect(exitCode == 0, "\(log.text)", sourceLocation: sourceLocation)
        let isLeaked = log.text.contains("eyJ")
        #expect(!isLeaked, "the daemon's output holds a token", sourceLocation: sourceLocation)
    }
}
