internal import ArgumentParser
internal import Glibc
internal import SystemPrograms

/// This process as another program.
enum ProgramReplacement {
    /// Runs the program in this process; returns only when that fails.
    static func become(_ words: [String]) -> ExitCode {
        // This program ignores it, and what is ignored stays ignored. This thread is one of a pool, where signals are blocked,
        // and what is blocked stays blocked.
        signal(SIGPIPE, SIG_DFL)
        var none = sigset_t()
        guard unsafe sigemptyset(&none) == 0, unsafe pthread_sigmask(SIG_SETMASK, &none, nil) == 0 else {
            StandardError.write("cannot let signals through to the program: \(SystemError.text(errno))")
            return .internalFailure
        }
        var pointers = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        _ = unsafe execvp(words[0], &pointers)
        let error = errno
        for index in unsafe pointers.indices { unsafe free(pointers[index]) }
        return ProgramNotRun.report(words[0], error)
    }
}
