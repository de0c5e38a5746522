/// Where a listener's Unix socket is, and who may connect to it.
package struct SocketFile: Sendable {
    package let path: String
    /// Permission bits: connecting needs the right to write.
    package let mode: UInt32
    /// The group that owns the socket; `nil`: that of the daemon.
    package let group: UInt32?

    package init(path: String, mode: UInt32, group: UInt32? = nil) {
        self.path = path
        self.mode = mode
        self.group = group
    }
}

/// Why a socket cannot be listened on.
package struct ListenError: Error, Sendable, CustomStringConvertible {
    package let description: String
}
