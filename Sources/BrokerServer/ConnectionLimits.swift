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

    package init() {}

    /// How often time limits are looked at.
    var sweep: TimeAmount { .nanoseconds(min(request, idle).nanoseconds / 4) }
}
