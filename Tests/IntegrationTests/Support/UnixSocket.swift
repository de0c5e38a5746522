import Glibc
import Testing

/// Calls on Unix sockets for which there is nothing better in Swift.
enum UnixSocket {
    /// A socket that is bound to `name`: a path, or a zero byte and an abstract name.
    static func bound(_ name: [UInt8], _ type: __socket_type) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(type.rawValue) | O_CLOEXEC, 0)
        try #require(descriptor >= 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try #require(name.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let result = withUnsafeBytes(of: address) {
            bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
        }
        try #require(result == 0, "errno \(errno)")
        return descriptor
    }

    /// One datagram, and the descriptor that came with it; `nil` when the socket is broken.
    static func receive(_ socket: Int32) -> (text: String, descriptor: Int32?)? {
        var bytes = [UInt8](repeating: 0, count: 8 * 1_024)
        // A header of length, level and type, and the descriptor behind it (cmsg(3)).
        var control = [UInt64](repeating: 0, count: 4)
        let count = bytes.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    (message.msg_iov, message.msg_iovlen) = (part, 1)
                    (message.msg_control, message.msg_controllen) = (control.baseAddress, control.count)
                    return recvmsg(socket, &message, Int32(MSG_CMSG_CLOEXEC))
                }
            }
        }
        guard count >= 0 else { return nil }
        let descriptor = control[0] == 0 ? nil : Int32(truncatingIfNeeded: control[2])
        return (String(decoding: bytes.prefix(count), as: UTF8.self), descriptor)
    }
}
