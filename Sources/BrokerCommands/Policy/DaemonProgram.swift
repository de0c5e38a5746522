internal import ArgumentParser
internal import Glibc

/// The daemon's program, which also reads configuration and policies for people.
///
/// What runs a policy judges it: two programs that read it could differ. And this one stays small, because docker, git and
/// kubectl wait for it.
enum DaemonProgram {
    private static let name = "iam-brokerd"

    /// Goes on as the daemon's program with `arguments`, and does not come back.
    ///
    /// - Throws: ``CommandFailure`` when it cannot be run.
    static func become(_ arguments: [String]) throws -> Never {
        let program = try path()
        // By its first argument it knows for whom it speaks.
        var words = unsafe (["iam-broker"] + arguments).map { unsafe strdup($0) }
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        guard unsafe words.allSatisfy({ unsafe $0 != nil }) else {
            throw CommandFailure(.internalFailure, "cannot run \(program): out of memory")
        }
        unsafe words.append(nil)
        // What is ignored or blocked stays so in the other program. This thread may be one of a pool, where signals are blocked.
        signal(SIGPIPE, SIG_DFL)
        var none = sigset_t()
        guard unsafe sigemptyset(&none) == 0, unsafe pthread_sigmask(SIG_SETMASK, &none, nil) == 0 else {
            throw CommandFailure(.internalFailure, "cannot let signals through to \(program)")
        }
        unsafe execv(program, words)
        let code = errno
        throw CommandFailure(
            .unavailable,
            "cannot run \(TerminalText.quoting(program)): \(unsafe String(cString: strerror(code)))",
            hint: "install \(name) beside iam-broker, of the same version: it reads policies"
        )
    }

    /// Beside this program, wherever it is installed.
    private static func path() throws(CommandFailure) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let path = buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:))
        guard length < buffer.count, let end = path.lastIndex(of: UInt8(ascii: "/")) else {
            throw CommandFailure(
                .unavailable,
                "cannot tell where this program is installed: /proc/self/exe says nothing"
            )
        }
        return String(decoding: path[...end], as: UTF8.self) + name
    }
}
