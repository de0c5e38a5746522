import Glibc

/// A system call of a test did not work.
struct SystemCallError: Error {
    let name: String
    let code = errno
}

/// A Unix socket bound to `path`, without anything that listens.
func boundSocket(_ path: String, _ type: __socket_type) throws -> CInt {
    let descriptor = socket(AF_UNIX, CInt(type.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SystemCallError(name: "socket") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    guard result == 0 else {
        close(descriptor)
        throw SystemCallError(name: "bind")
    }
    return descriptor
}
