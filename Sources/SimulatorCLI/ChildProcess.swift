internal import ArgumentParser
internal import Glibc
internal import NIOPosix
internal import Synchronization

/// A command that runs with our own standard streams, in our process group, so that a terminal stays usable to it.
///
/// Foundation's `Process` puts its children in groups of their own, where reading from a terminal stops them.
final class ChildProcess: Sendable {
    private let id: pid_t
    private let isReaped = Mutex(false)

    /// Starts `command`, looked up in `PATH`.
    init(_ command: [String], environment: [String: String]) throws {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // What we ignore or trap ourselves must not be ignored by the command.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGPIPE] { unsafe sigaddset(&signals, signal) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var id = pid_t()
        let result = unsafe Self.withCStrings(command) { arguments in
            unsafe Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                guard let path = unsafe arguments[0] else { return ENOENT }
                return unsafe posix_spawnp(&id, path, nil, &attributes, arguments, environment)
            }
        }
        guard result == 0 else {
            let reason = unsafe String(cString: strerror(result))
            let code = result == ENOENT ? ExitCode.notFound : .notExecutable
            throw Failure(code, "could not run \(command.first ?? ""): \(reason)")
        }
        self.id = id
    }

    /// Sends `signal` to the command, unless it has ended.
    func send(_ signal: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { kill(id, signal) }
        }
    }

    /// Waits for the end: the exit code, or 128 and the signal that ended the command.
    func exitCode() async throws -> Int32 {
        try await NIOThreadPool.singleton.runIfActive { try self.waitForEnd() }
    }

    private func waitForEnd() throws -> Int32 {
        // First without reaping: until it is reaped the ID is the command's, and `send` cannot hit a stranger.
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0 {
            guard errno == EINTR else { throw Failure(.unavailable, "could not wait for the command") }
        }
        return try isReaped.withLock { isReaped in
            var status: Int32 = 0
            guard unsafe waitpid(id, &status, 0) == id else {
                throw Failure(.unavailable, "could not wait for the command")
            }
            isReaped = true
            let signal = status & 0x7F
            return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        }
    }

    /// Calls `body` with `strings` as a C array that ends with a null pointer; both return 0 or an error number.
    private static func withCStrings(
        _ strings: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        let copies = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        var array = unsafe copies
        return unsafe array.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return ENOMEM }
            return unsafe body(base)
        }
    }
}
