package import NIOCore

/// What one connection may take.
///
/// Who exceeds it is told and disconnected.
package struct ConnectionLimits: Sendable {
    /// From the first byte of a request to its last.
    package var request: TimeAmount = .seconds(10)
    /// Between requests, and for taking in a response.
    package var idle: TimeAmount = .seconds(120)
    /// Connections of all users together, on one socket.
    package var connections = 1_024
    /// Connections of one user, so that none can lock out the others.
    package var connectionsPerUser = 256
    /// Connections from one address outside of the daemon's network namespace, where users are not known yet.
    ///
    /// All such addresses together may have half of ``connections``.
    package var connectionsPerAddress = 32

    /// From the first byte of a request, or from the beginning of the connection, to the end of its head; `nil`: as ``request``.
    var head: TimeAmount?
    /// Bytes of a request's head at most.
    var headSize = 16 * 1_024
    /// Bytes of a request's body at most: a token and a little more.
    var bodySize = 66 * 1_024

    package init() {}

    /// The same for the emulation over TCP, where browsers and confused deputies knock, too.
    var overTCP: ConnectionLimits {
        var limits = self
        limits.head = head ?? .seconds(2)
        limits.idle = min(idle, .seconds(30))
        (limits.headSize, limits.bodySize) = (8 * 1_024, 16 * 1_024)
        return limits
    }

    /// How often time limits are looked at.
    var sweep: TimeAmount { .nanoseconds(min(request, idle, head ?? idle).nanoseconds / 4) }
}
