import Glibc

/// A Unix socket on which every user may connect.
final class ListeningSocket: Sendable {
    let path: String
    private let descriptor: CInt

    init(in folder: TestFolder) throws {
        path = "\(folder.path)/socket"
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemCallError(name: "socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, chmod(path, 0o777) == 0, listen(descriptor, 64) == 0 else {
            throw SystemCallError(name: "bind")
        }
    }

    deinit { close(descriptor) }

    /// The next connection, for the caller to close.
    func accept() throws -> CInt {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 20_000) == 1 else { throw SystemCallError(name: "poll") }
        let connection = Glibc.accept(descriptor, nil, nil)
        guard connection >= 0, fcntl(connection, F_SETFD, FD_CLOEXEC) == 0 else {
            throw SystemCallError(name: "accept")
        }
        return connection
    }
}
