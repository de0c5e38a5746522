internal import Glibc

extension SocketFile {
    /// Removes a socket file that nobody listens on any more.
    func prepare() throws(ListenError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenError(description: "cannot listen on \(path): there is a file that is not a socket")
        }
        guard !isInUse() else {
            throw ListenError(description: "cannot listen on \(path): another process does; stop it first")
        }
        guard unsafe unlink(path) == 0 else {
            throw ListenError(description: "cannot remove the old socket \(path): \(Self.reason(errno))")
        }
    }

    /// Opens the bound socket to whom it is for.
    ///
    /// Until then the process's umask decides who can connect.
    func open() throws(ListenError) {
        if let group, unsafe chown(path, uid_t.max, group) != 0 {
            throw ListenError(description: "cannot give \(path) to group \(group): \(Self.reason(errno))")
        }
        guard unsafe chmod(path, mode) == 0 else {
            throw ListenError(description: "cannot set the mode of \(path): \(Self.reason(errno))")
        }
    }

    /// Whether anybody may still listen: only a refused connection tells that nobody does.
    private func isInUse() -> Bool {
        // Without waiting: a listener that is stuck has a full queue.
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 || errno != ECONNREFUSED
    }

    private static func reason(_ code: CInt) -> String { unsafe String(cString: strerror(code)) }
}
