internal import Glibc

extension PeerAttestor {
    /// The peer of a TCP connection that was just accepted, with what the connection alone tells: the user that made its
    /// socket.
    ///
    /// It does not wait and keeps no hold on the socket. `containers` holds the full IDs of those that grants name: when
    /// there are any, a peer that is not in the daemon's network namespace is only looked for by
    /// ``TCPAttestedPeer/workload(_:)``, and its user is unknown until then.
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
                if connection.originalDestination != nil { try refuseOwn(socket, remote) }
                return TCPAttestedPeer(connection, socket: socket, finder: near, attestor: self)
            }
            guard !containers.isEmpty else { throw .elsewhere(remote) }
            let far = TCPPeerFinder(containers: containers, limit: limits.searchTime)
            return TCPAttestedPeer(connection, socket: nil, finder: far, attestor: self)
        } catch {
            throw AttestationError(error)
        }
    }

    /// Refuses a redirected peer that looks like the daemon itself, which rules leave alone.
    ///
    /// When two connections would have equal addresses after translation, the kernel gives one of them another port by chance:
    /// that may be the port of a connection that the daemon has to where the peer wanted to go.
    private func refuseOwn(_ socket: SocketRecord, _ remote: TCPEndpoint) throws(TCPAttestationError) {
        guard socket.userID == geteuid() else { return }
        let target = SocketHolder.target(inode: socket.inode)
        do {
            let descriptors = try Folder.at(path: "/proc/self/fd")
            for number in try descriptors.numbers() {
                do {
                    guard try descriptors.link("\(number)", reads: target) else { continue }
                } catch {
                    guard error.isGone else { throw error }
                    continue  // closed meanwhile
                }
                throw TCPAttestationError(
                    .foreignOwner,
                    "the port of the redirected TCP peer \(remote) was changed to one of the daemon's own; connect again"
                )
            }
        } catch let error as TCPAttestationError {
            throw error
        } catch let fault as FileFault {
            throw .unreadable("the descriptors of the daemon", fault)
        } catch {
            throw TCPAttestationError(.unreadable, "could not read the descriptors of the daemon: \(error)")
        }
    }
}
