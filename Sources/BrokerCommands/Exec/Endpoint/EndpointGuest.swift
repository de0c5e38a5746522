internal import Glibc
internal import NIOCore
internal import SystemPrograms

/// Who may connect to a private endpoint: this process's user, and root.
///
/// The secret alone would do, but a URL gets into logs that others may read.
enum EndpointGuest {
    /// Whether the other end of the connection is a process of theirs, as far as the kernel tells; `false` when it does not.
    static func isWelcome(_ channel: any Channel) -> Bool {
        guard case .v4(let remote) = channel.remoteAddress, let own = channel.localAddress?.port else { return false }
        var address = remote.address.sin_addr
        let bytes = unsafe withUnsafeBytes(of: &address) { unsafe [UInt8]($0) }
        let port = UInt16(bigEndian: remote.address.sin_port)
        guard let user = try? LoopbackPeer.user(at: bytes, port, to: UInt16(own)) else { return false }
        return user == geteuid() || user == 0
    }
}
