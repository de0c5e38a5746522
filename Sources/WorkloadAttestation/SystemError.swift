internal import Glibc

/// The reason that a system call gives (errno(3)).
struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    let code: CInt

    /// The reason of the call that this thread just made.
    static var last: SystemError { SystemError(code: errno) }

    var description: String {
        switch code {
        case EACCES, EPERM: "permission denied"
        case ENOENT: "there is no such file"
        case ESRCH: "there is no such process"
        case EMFILE, ENFILE: "too many open files"
        case ELOOP: "too many symbolic links"
        case EIO: "input/output error"
        case ENOTSOCK: "it is no socket"
        default: "error \(code)"
        }
    }
}
