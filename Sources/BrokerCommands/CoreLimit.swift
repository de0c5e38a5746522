internal import Glibc
internal import SystemPrograms

/// The size of cores, of this process and of the programs that it becomes or starts.
enum CoreLimit {
    /// A core would hold a token, a pair or a key.
    ///
    /// The limit alone: a process that is not "dumpable" (prctl(2)) belongs to root in /proc, and a daemon of another user
    /// could not tell any more which program asks it.
    ///
    /// One byte is too little for a core in a file, and a core that is piped to a program (core(5)) is not made for this limit
    /// either, unlike for 0.
    static func forbidCores() throws(CommandFailure) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { throw failure }
        limit.rlim_cur = min(1, limit.rlim_max)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { throw failure }
    }

    private static var failure: CommandFailure {
        CommandFailure(.internalFailure, "cannot forbid cores, which would hold secrets: \(SystemError.text(errno))")
    }
}
