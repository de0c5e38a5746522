/// The addresses of an accepted TCP connection.
struct TCPConnection: Sendable, Hashable {
    /// The daemon's end.
    let local: TCPEndpoint
    let remote: TCPEndpoint
    /// Where the peer wanted to connect to; `nil` when it was not redirected.
    let originalDestination: TCPEndpoint?

    /// Asks the accepted socket; no call waits.
    init(ofSocket socket: CInt) throws(TCPAttestationError) {
        (local, remote) = try TCPEndpoint.ends(ofSocket: socket)
        originalDestination = try TCPEndpoint.originalDestination(ofSocket: socket, local: local)
    }

    /// What the peer's socket is connected to.
    ///
    /// Only that is looked for: where a redirected peer is not found there is no second try with ``local``, which may be
    /// somebody else's connection.
    var destination: TCPEndpoint { originalDestination ?? local }
}
