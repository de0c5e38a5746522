package import AccessPolicy
internal import Synchronization

/// The peer of one accepted TCP connection, for as long as the connection lives.
///
/// The user is who made the socket. What is about a process is known only when that process alone holds the socket, before
/// and after it is looked at.
package final class TCPAttestedPeer: Sendable {
    /// The user of a peer in another network namespace, before it has been looked for there: (uid_t)-1, which nobody has.
    package static let unknownUser = UInt32.max

    package let userID: UInt32
    /// Where the peer meant to connect to, when the firewall sent it here instead.
    package let originalDestination: TCPEndpoint?
    /// The daemon's end of the connection.
    package let local: TCPEndpoint
    private let own: TCPEndpoint
    private let other: TCPEndpoint
    /// The peer's socket as it was when it connected; `nil` when it is in another network namespace.
    private let socket: SocketRecord?
    private let attestor: PeerAttestor
    private let finder: TCPPeerFinder
    private let found = Mutex<AttestedPeer?>(nil)

    init(
        ends: (local: TCPEndpoint, remote: TCPEndpoint),
        originalDestination: TCPEndpoint?,
        socket: SocketRecord?,
        attestor: PeerAttestor,
        finder: TCPPeerFinder
    ) {
        (own, other) = (ends.remote, originalDestination ?? ends.local)
        self.originalDestination = originalDestination
        local = ends.local
        self.socket = socket
        self.attestor = attestor
        self.finder = finder
        userID = socket?.userID ?? Self.unknownUser
    }

    /// 0 until the process has been looked for.
    package var processID: Int32 { found.withLock { $0?.processID } ?? 0 }

    /// The workload, if `facts` are there already; it does not block.
    package func workloadAtOnce(_ facts: RequiredFacts) -> Workload? {
        if let peer = found.withLock({ $0 }) { return peer.workloadAtOnce(facts) }
        guard facts.isEmpty, let socket else { return nil }
        return Workload(processID: 0, userID: socket.userID)
    }

    /// The workload with at least `facts`, the missing ones gathered now.
    ///
    /// - Throws: ``AttestationError`` when no one process is the peer for certain, or it is another one afterwards.
    package func workload(_ facts: RequiredFacts) async throws(AttestationError) -> Workload {
        if let workload = workloadAtOnce(facts) { return workload }
        let before = try await find()
        guard let processID = before.processID else {
            throw AttestationError(.unidentified, "the process behind the TCP peer \(own) was not found")
        }
        let peer: AttestedPeer
        if let known = found.withLock({ $0 }), known.processID == processID {
            peer = known
        } else {
            peer = try await attestor.inPool(for: userID, "attesting the TCP peer \(own)") {
                [attestor] () throws(AttestationError) in
                try attestor.process(processID, userID: before.userID)
            }
        }
        let workload = try await peer.workload(facts)
        guard try await find() == before else {
            throw AttestationError(.replaced, "the TCP peer \(own) changed while it was attested; connect again")
        }
        found.withLock { $0 = peer }
        return workload
    }

    /// Whether the process still runs the program that was attested, and the socket is still that of its user.
    package func isUnchanged() -> Bool {
        if let peer = found.withLock({ $0 }), !peer.isUnchanged() { return false }
        // In another namespace the process is all that is looked at: asking there takes long.
        guard let socket else { return true }
        return (try? SocketDiagnosis.find(own: own, other: other)) == socket
    }

    private func find() async throws(AttestationError) -> TCPPeer {
        try await attestor.inPool(for: userID, "looking for the TCP peer \(own)") {
            [finder, own, other] () throws(AttestationError) in
            do throws(TCPAttestationError) {
                return try finder.find(local: other, remote: own, needsProcess: true)
            } catch {
                throw AttestationError(error)
            }
        }
    }
}

extension PeerAttestor {
    /// The peer of an accepted TCP connection, with what one question to the kernel tells: its user.
    ///
    /// It takes some 30 µs and does not wait. `containers` holds the full IDs of those that grants name: only there is a peer
    /// looked for, later, that is not in the daemon's own network namespace.
    ///
    /// - Throws: ``AttestationError`` when the peer is not on this machine, or has hung up.
    package func peer(
        ofTCPSocket number: CInt,
        containers: Set<String>
    ) throws(AttestationError) -> TCPAttestedPeer {
        do throws(TCPAttestationError) {
            let ends = try TCPEndpoint.ends(ofSocket: number)
            let original = TCPEndpoint.originalDestination(ofSocket: number, local: ends.local)
            let finder = TCPPeerFinder(containers: containers)
            let socket = try SocketDiagnosis.find(own: ends.remote, other: original ?? ends.local)
            if socket == nil, containers.isEmpty {
                throw TCPAttestationError(
                    .notFound,
                    "the TCP peer \(ends.remote) is not in the daemon's network namespace, or has hung up; name its container "
                        + "in a grant, or use the Unix socket"
                )
            }
            if let socket, socket.inode == 0 { throw .hungUp("the TCP peer \(ends.remote)") }
            return TCPAttestedPeer(
                ends: ends,
                originalDestination: original,
                socket: socket,
                attestor: self,
                finder: finder
            )
        } catch {
            throw AttestationError(error)
        }
    }
}

extension AttestationError {
    init(_ error: TCPAttestationError) {
        let code: Code =
            switch error.code {
            case .notFound: .unidentified
            case .timedOut: .busy
            case .ambiguous, .foreignOwner, .unreadable, .kernelRefused: .unreadable
            }
        self.init(code, error.description)
    }
}
