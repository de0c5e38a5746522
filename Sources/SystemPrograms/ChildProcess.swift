internal import CLinux
internal import Glibc

/// A program that was started and whose end somebody must wait for.
struct ChildProcess {
    private let program: String
    private let id: pid_t

    /// Starts the program with the ends of `pipes` as its standard input, output and errors, and with this environment alone.
    init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        pipes: borrowing ProgramPipes
    ) throws(ProgramError) {
        self.program = program
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) }
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") }
        defer { for index in unsafe variables.indices { unsafe free(variables[index]) } }
        guard unsafe (words + variables).allSatisfy({ unsafe $0 != nil }) else {
            throw ProgramError(code: .cannotStart, program: program, errorNumber: ENOMEM)
        }
        unsafe words.append(nil)
        unsafe variables.append(nil)

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes.childInput, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes.childOutput, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes.childErrors, STDERR_FILENO)

        // Not everything that this program has open closes by itself: event loops and sockets of NIO do not.
        let closing = unsafe clinux_close_from(&actions, STDERR_FILENO + 1)
        guard closing == 0 else { throw ProgramError(code: .cannotStart, program: program, errorNumber: -closing) }

        // This program ignores SIGPIPE, and ignored signals would stay ignored.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        // A group of its own, so that what it starts ends with it.
        let flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP)
        unsafe posix_spawnattr_setflags(&attributes, flags)

        // What this program may do beyond its user is not for others; systemd gives it in a way that would be inherited.
        let dropped = clinux_drop_ambient_capabilities()
        guard dropped == 0 else { throw ProgramError(code: .cannotStart, program: program, errorNumber: -dropped) }
        var id: pid_t = 0
        let code = unsafe posix_spawn(&id, program, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw ProgramError(code: .cannotStart, program: program, errorNumber: code) }
        self.id = id
    }

    /// Waits for the end, which is near: the program has closed its outputs.
    func waitForEnd(
        until deadline: ContinuousClock.Instant,
        unless isCalledOff: () -> Bool
    ) throws(ProgramError) -> ProgramRun.End {
        var status: Int32 = 0
        while true {
            let waited = unsafe waitpid(id, &status, WNOHANG)
            if waited == id { break }
            guard waited == 0 || errno == EINTR else {
                throw ProgramError(code: .lost, program: program, errorNumber: errno)
            }
            guard ContinuousClock.now < deadline else { throw ProgramError(code: .timeout, program: program) }
            guard !isCalledOff() else { throw ProgramError(code: .calledOff, program: program) }
            _ = poll(nil, 0, 1)
        }
        // `WIFEXITED` and its siblings are macros, which Swift does not see.
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    /// Ends the program and what it started at once, and waits until it is gone.
    func kill() {
        Glibc.kill(-id, SIGKILL)
        while waitpid(id, nil, 0) < 0, errno == EINTR {}
    }
}
