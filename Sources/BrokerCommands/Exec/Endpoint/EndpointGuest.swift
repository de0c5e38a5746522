internal import Glibc
internal import NIOCore
internal import SystemPrograms

/// Who may connect to a private endpoint: this process's user, and root.
///
/// The secret alone would do, but a URL gets into logs that others may read.
enum EndpointGuest {
    /// Whether the other end of the connection is a process of theirs, as far as the kernel tells; `false` when it does not.
    static func isWelcome(_ channel: any Channel) -> Bool {
        guard let remote = channel.remoteAddress, case .v4 = remote, let text = remote.ipAddress,
            let port = remote.port.flatMap(UInt16.init(exactly:)),
            let own = channel.localAddress?.port.flatMap(UInt16.init(exactly:))
        else { return false }
        let bytes = text.split(separator: ".").compactMap { UInt8($0) }
        guard bytes.count == 4, let user = try? LoopbackPeer.user(at: bytes, port, to: own) else { return false }
        return user == geteuid() || user == 0
    }
}
