import Glibc

/// A system call of a test did not work.
struct SystemCallError: Error {
    let name: String
    let code = errno
}
