internal import Glibc
internal import SystemPrograms

/// The size of cores, of this process and of the programs that it becomes or starts.
enum CoreLimit {
    /// A core would hold the token.
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
        CommandFailure(.internalFailure, "cannot forbid cores of the program: \(SystemError.text(errno))")
    }
}
