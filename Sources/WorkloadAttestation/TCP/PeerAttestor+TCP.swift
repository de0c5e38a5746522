extension PeerAttestor {
    /// The peer of a TCP connection that was just accepted, with what the connection alone tells: the user that made its
    /// socket.
    ///
    /// It does not wait and keeps no hold on the socket. `containers` holds the full IDs of those that grants name: when
    /// there are any, a peer that is not in the daemon's network namespace is only looked for by
    /// ``TCPAttestedPeer/workload(_:)``, and its user is unknown until then. A redirected peer with the daemon's own user is also
    /// looked at there, because that takes a walk through the daemon's descriptors.
    ///
    /// - Throws: ``AttestationError`` when it is no connected TCP socket, when the peer is not on this machine or has hung up,
    ///   or when the kernel does not answer.
    package func peer(
        ofTCPSocket number: CInt,
        containers: Set<String>
    ) throws(AttestationError) -> TCPAttestedPeer {
        do throws(TCPAttestationError) {
            let connection = try TCPConnection(ofSocket: number)
            let (destination, remote) = (connection.destination, connection.remote)
            let near = TCPPeerFinder(limit: limits.searchTime)
            if let socket = try near.socket(local: destination, remote: remote) {
                return TCPAttestedPeer(connection, socket: socket, finder: near, attestor: self)
            }
            guard !containers.isEmpty else { throw .elsewhere(remote) }
            let far = TCPPeerFinder(containers: containers, limit: limits.searchTime)
            return TCPAttestedPeer(connection, socket: nil, finder: far, attestor: self)
        } catch {
            throw AttestationError(error)
        }
    }

    /// Whose share a TCP connection uses up whose peer was not found.
    package func quotaKey(ofTCPSocket number: CInt) -> QuotaKey {
        do { return QuotaKey(try TCPEndpoint.ends(ofSocket: number).remote) } catch { return .unknown }
    }
}
