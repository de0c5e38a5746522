import Glibc
import Synchronization

/// A process that reads commands and answers them, line by line.
///
/// It is killed and reaped at the end.
final class ChildProcess: Sendable {
    let processID: pid_t
    private let channel: CInt
    private let isReaped = Mutex(false)

    init(_ words: [String]) throws {
        // A pair of sockets, as these are made close-on-exec at once: other tests start processes, too.
        var pair: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0 else {
            throw SystemCallError(name: "socketpair")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pair[1], 0)
        posix_spawn_file_actions_adddup2(&actions, pair[1], 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer {
            for argument in arguments { free(argument) }
            posix_spawn_file_actions_destroy(&actions)
            close(pair[1])
        }
        var process: pid_t = 0
        let code = posix_spawn(&process, words[0], &actions, nil, &arguments, environ)
        (processID, channel) = (process, pair[0])
        guard code == 0 else { throw SystemCallError(name: "posix_spawn") }
    }

    deinit {
        end()
        close(channel)
    }

    /// Kills and reaps the process: its number is free afterwards.
    func end() {
        isReaped.withLock { isReaped in
            guard !isReaped else { return }
            kill(processID, SIGKILL)
            var status: CInt = 0
            while waitpid(processID, &status, 0) == -1 && errno == EINTR {}
            isReaped = true
        }
    }

    /// Waits for the process to end by itself, and reaps it.
    func waitForEnd() {
        isReaped.withLock { isReaped in
            guard !isReaped else { return }
            var status: CInt = 0
            while waitpid(processID, &status, 0) == -1 && errno == EINTR {}
            isReaped = true
        }
    }

    func send(_ line: String) throws {
        var bytes = Array((line + "\n").utf8)
        guard write(channel, &bytes, bytes.count) == bytes.count else { throw SystemCallError(name: "write") }
    }

    /// The next line of the process's output.
    func line() throws -> String {
        var line: [UInt8] = []
        while true {
            var ready = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 20_000) == 1 else { throw SystemCallError(name: "poll") }
            var byte: UInt8 = 0
            guard read(channel, &byte, 1) == 1 else { throw SystemCallError(name: "read") }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }
}
