internal import FoundationEssentials
internal import Glibc

/// A process that this one started.
struct ChildProcess {
    let pid: pid_t
    /// The reading end of its output, when that was asked for.
    private let output: Int32?

    /// Where standard output and standard error go.
    enum Output {
        /// Both to a pipe, for ``read(atMost:)``.
        case collected
        /// Standard output to nowhere; standard error is this process's.
        case discarded
    }

    /// How a process ended, and what it cost.
    struct Ending {
        /// The exit status, or 128 and the number of the signal that ended it.
        let status: Int
        /// User and system time, in seconds.
        let cpuSeconds: Double
    }

    /// Starts `command`, which is looked for in PATH.
    static func start(_ command: [String], output: Output) throws(BenchmarkError) -> ChildProcess {
        guard let name = command.first else { throw BenchmarkError("no command given") }
        var ends: [Int32] = [-1, -1]
        if output == .collected, pipe(&ends) != 0 {
            throw BenchmarkError("could not make a pipe", errno: errno)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        switch output {
        case .collected:
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
            for end in ends { posix_spawn_file_actions_addclose(&actions, end) }
        case .discarded:
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        var pid: pid_t = 0
        let code = withCStrings(command) { arguments in
            withCStrings(environment) { posix_spawnp(&pid, name, &actions, nil, arguments, $0) }
        }
        if ends[1] >= 0 { close(ends[1]) }
        guard code == 0 else {
            if ends[0] >= 0 { close(ends[0]) }
            throw BenchmarkError("could not start \(name)", errno: code)
        }
        return ChildProcess(pid: pid, output: output == .collected ? ends[0] : nil)
    }

    /// Everything the process wrote until it closed its output.
    ///
    /// To be called once.
    func read(atMost limit: Int = 1 << 20) throws(BenchmarkError) -> String {
        guard let output else { return "" }
        defer { close(output) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while text.count < limit {
            let count = Glibc.read(output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BenchmarkError("could not read a command's output", errno: errno) }
            guard count > 0 else { break }
            text += chunk[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Waits for the end.
    func wait() throws(BenchmarkError) -> Ending {
        var status: Int32 = 0
        var usage = rusage()
        while wait4(pid, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw BenchmarkError("could not wait for process \(pid)", errno: errno) }
        }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        let signal = Int(status & 0x7F)
        return Ending(
            status: signal == 0 ? Int(status >> 8 & 0xFF) : 128 + signal,
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime)
        )
    }

    /// Asks the process to end.
    func terminate() throws(BenchmarkError) {
        guard kill(pid, SIGTERM) == 0 else { throw BenchmarkError("could not stop process \(pid)", errno: errno) }
    }
}

/// Calls `body` with `strings` as C wants them: an array that a null pointer ends.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return body(pointers)
}
