import Glibc
import Synchronization
import Testing

/// A child process that is spoken to in lines, and killed with its descendants at the end.
final class TestProcess: Sendable {
    let processID: Int32
    /// Its standard input and output.
    private let talk: CInt
    private let hasEnded = Atomic(false)

    /// Starts `command`, in a process group of its own.
    init(_ command: [String]) throws {
        var ends: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var processID: pid_t = 0
        let code = posix_spawnp(&processID, command[0], &actions, &attributes, &arguments, environ)
        close(ends[1])
        if code != 0 { close(ends[0]) }
        // Before there is anything to kill.
        try #require(code == 0, "could not start \(command[0])")
        (self.processID, talk) = (processID, ends[0])
    }

    deinit {
        end()
        close(talk)
    }

    /// Kills it and its group, and waits until it is gone, unless that was done before.
    func end() {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        kill(-processID, SIGKILL)
        while waitpid(processID, nil, 0) < 0, errno == EINTR {}
    }

    /// Sends a line, and answers with the next that it writes.
    @discardableResult
    func told(_ line: String) throws -> String {
        let bytes = Array("\(line)\n".utf8)
        try #require(write(talk, bytes, bytes.count) == bytes.count)
        return try nextLine()
    }

    func nextLine() throws -> String {
        var line: [UInt8] = []
        while true {
            var poll = pollfd(fd: talk, events: Int16(POLLIN), revents: 0)
            try #require(Glibc.poll(&poll, 1, 20_000) == 1, "process \(processID) says nothing")
            var byte: UInt8 = 0
            try #require(read(talk, &byte, 1) == 1, "process \(processID) ended")
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }

    /// Runs `command` to its end, which must be a success.
    static func run(_ command: [String]) throws {
        let process = try TestProcess(command)
        var status: CInt = 0
        while waitpid(process.processID, &status, 0) < 0 {
            try #require(errno == EINTR)
        }
        process.hasEnded.store(true, ordering: .relaxed)
        try #require(status == 0, "\(command.joined(separator: " ")) failed")
    }
}
