package import AccessPolicy
internal import Synchronization

/// One peer of a TCP connection on this machine, for as long as the connection lives.
///
/// Over TCP the kernel tells the user of the peer's socket and nothing else. Every other fact is read from `/proc` of the one
/// process that holds the socket, and counts only if that process is found to hold it before and afterwards.
package final class TCPAttestedPeer: Sendable {
    /// Stands for a user who is not known: no process can have it (setresuid(2)).
    package static let unknownUser = UInt32.max

    private let connection: TCPConnection
    /// The peer's socket; `nil` when it is not in the daemon's network namespace.
    private let socket: SocketRecord?
    private let finder: TCPPeerFinder
    private let attestor: PeerAttestor
    private let turns = Turns()
    private let state: Mutex<State>

    /// The process at the other end.
    private struct Holder: Sendable {
        let peer: TCPPeer
        let process: AttestedPeer
    }

    private struct State {
        /// Set once the process was found to be the same before and after the look at it.
        var holder: Holder?
        /// `nil` while not even the user is known, or it may be the daemon itself.
        var known: (workload: Workload, facts: RequiredFacts)?
    }

    init(_ connection: TCPConnection, socket: SocketRecord?, finder: TCPPeerFinder, attestor: PeerAttestor) {
        self.connection = connection
        self.socket = socket
        self.finder = finder
        self.attestor = attestor
        let known = Self.mayBeOwn(connection, socket) ? nil : socket.map(Self.userAlone)
        state = Mutex(State(holder: nil, known: known))
    }

    /// Whether it must be ruled out that the daemon itself is the peer: see ``OwnSockets``.
    private static func mayBeOwn(_ connection: TCPConnection, _ socket: SocketRecord?) -> Bool {
        guard connection.originalDestination != nil, let socket else { return false }
        return OwnSockets.mayHold(socket)
    }

    /// What the socket alone tells.
    private static func userAlone(_ socket: SocketRecord) -> (workload: Workload, facts: RequiredFacts) {
        (Workload(processID: 0, userID: socket.userID), [])
    }

    /// The daemon's end of the connection.
    package var local: TCPEndpoint { connection.local }
    /// The peer's end.
    package var remote: TCPEndpoint { connection.remote }
    /// Where the peer wanted to connect to; `nil` when it was not redirected.
    package var originalDestination: TCPEndpoint? { connection.originalDestination }

    /// The user that made the peer's socket.
    ///
    /// It is ``unknownUser`` for a peer outside of the daemon's network namespace until ``workload(_:)`` has found it.
    package var userID: UInt32 {
        socket?.userID ?? state.withLock { $0.holder?.peer.userID } ?? Self.unknownUser
    }

    /// Whose share the connection uses up.
    ///
    /// It stays the same when the user is found.
    package var quotaKey: QuotaKey { socket.map { .user($0.userID) } ?? QuotaKey(remote) }

    /// The process that holds the peer's socket; 0 while it was not needed.
    package var processID: Int32 { state.withLock { $0.holder?.process.processID } ?? 0 }

    /// The workload with at least `facts`, the missing ones gathered now.
    ///
    /// With no fact but the user needed, a peer in the daemon's network namespace is not looked for: its process stays unknown. That
    /// a redirected one is not the daemon itself is made sure of first.
    /// Facts are gathered once, on the attestor's threads, and kept; after an error the next call tries again.
    ///
    /// - Throws: ``AttestationError`` when no process or several hold the socket, when the one that does ended, changed its
    ///   user or executed another program meanwhile, or when the attestor has too much to do.
    package func workload(_ facts: RequiredFacts) async throws(AttestationError) -> Workload {
        while true {
            if let workload = workloadAtOnce(facts) { return workload }
            guard try await turns.take("the TCP peer \(remote)") else { continue }
            defer { turns.end() }
            try await refuseOwn()
            if let workload = workloadAtOnce(facts) { return workload }
            return try await gather(facts)
        }
    }

    /// The workload, if `facts` are there already or need no process.
    ///
    /// It does not block.
    package func workloadAtOnce(_ facts: RequiredFacts) -> Workload? {
        state.withLock { state in
            state.known.flatMap { $0.facts.isSuperset(of: facts) ? $0.workload : nil }
        }
    }

    /// Whether the peer still has the socket that it connected with, and the process that was attested, if any, still runs
    /// the program that was attested.
    ///
    /// A few system calls that do not wait. `false` for a peer that has hung up. The socket of a peer outside of the daemon's
    /// network namespace cannot be asked for so quickly: only its process is looked at.
    package func isUnchanged() -> Bool {
        let holder = state.withLock { $0.holder }
        if let process = holder?.process, !process.isRunning || !process.isUnchanged() { return false }
        guard let socket else { return holder != nil }
        do { return try finder.socket(local: connection.destination, remote: remote) == socket } catch { return false }
    }

    /// Makes sure, once, that the daemon itself is not the peer.
    private func refuseOwn() async throws(AttestationError) {
        guard let socket, state.withLock({ $0.known == nil }) else { return }
        let remote = remote
        try await search { () throws(AttestationError) in
            do throws(TCPAttestationError) {
                try OwnSockets.refuse(socket, behind: remote)
            } catch {
                throw AttestationError(error)
            }
        }
        state.withLock { $0.known = Self.userAlone(socket) }
    }

    private func gather(_ facts: RequiredFacts) async throws(AttestationError) -> Workload {
        let known = state.withLock { $0.holder }
        let holder =
            if let known { known } else { try await search { () throws(AttestationError) in try self.hold() } }
        let workload = try await holder.process.workload(facts)
        guard try await search({ () throws(AttestationError) in try self.find() }) == holder.peer else {
            throw AttestationError(
                .replaced,
                "the TCP connection of process \(holder.process.processID) went to another process while it was looked at; "
                    + "the process that asks has to connect itself"
            )
        }
        state.withLock { state in
            state.holder = holder
            state.known = (workload, facts.union(state.known?.facts ?? []).union([.groups, .label]))
        }
        return workload
    }

    /// Runs a search on the attestor's threads.
    private func search<Value: Sendable>(
        _ work: @escaping @Sendable () throws(AttestationError) -> Value
    ) async throws(AttestationError) -> Value {
        try await attestor.pool
            .run(
                for: quotaKey,
                within: attestor.limits.lookupTime,
                "looking for the process behind the TCP peer \(remote)"
            ) { _ in Result(catching: work) }
            .get()
    }

    /// Finds the process and takes hold of it.
    private func hold() throws(AttestationError) -> Holder {
        let peer = try find()
        guard let processID = peer.processID else {
            throw AttestationError(.unidentified, "no process of the TCP peer \(remote) was found; connect again")
        }
        return Holder(peer: peer, process: try attestor.process(processID, userID: peer.userID))
    }

    /// Who holds the peer's socket now.
    private func find() throws(AttestationError) -> TCPPeer {
        let peer: TCPPeer
        do throws(TCPAttestationError) {
            peer = try finder.find(local: connection.destination, remote: remote, needsProcess: true)
        } catch {
            throw AttestationError(error)
        }
        let isSame =
            if let socket {
                peer.inode == socket.inode && peer.userID == socket.userID
            } else {
                peer.container != nil
            }
        guard isSame else {
            throw AttestationError(.replaced, "the TCP peer \(remote) is another one than connected; connect again")
        }
        return peer
    }
}
