internal import Glibc

/// What the kernel said when something in the file system could not be read.
struct FileFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// As in errno(3).
    let code: CInt

    /// Whether what was to be read is no longer there: the process has ended.
    var isGone: Bool { code == ENOENT || code == ESRCH }

    var isDenial: Bool { code == EACCES || code == EPERM }

    var description: String { String(cString: strerror(code)) }
}
