internal import Glibc

/// Finds out which process is at the other end of a TCP connection on this machine (sock_diag(7)).
///
/// The socket's user is whoever made it: a process that hands its connection to another vouches for that one. The process
/// is told only when it alone holds the socket and runs as the socket's user. Every doubt is an error, and the peer is to be
/// refused.
///
/// It blocks: a fraction of a millisecond for the user, some milliseconds for the process, a few seconds at the very worst.
/// Call it off the event loop, and bound how often.
package struct TCPPeerFinder: Sendable {
    private let containers: ContainerSearch
    private let holders: HolderSearch
    private let ask: @Sendable (TCPEndpoint, TCPEndpoint) throws(TCPAttestationError) -> SocketRecord?
    private let limit: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    /// `containers` holds the full ids of those that grants name.
    ///
    /// Only there is a peer looked for that is not in the daemon's
    /// own network namespace. `limit` is for one search.
    package init(containers: Set<String> = [], limit: Duration = .seconds(1)) {
        self.init(containers: containers, processes: ProcessTable(), limit: limit)
    }

    /// With another `/proc`, clock or kernel.
    init(
        containers: Set<String>,
        processes: ProcessTable,
        limit: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        ask: @escaping @Sendable (TCPEndpoint, TCPEndpoint) throws(TCPAttestationError) -> SocketRecord? =
            SocketDiagnosis.find(own:other:)
    ) {
        holders = HolderSearch(table: processes, patience: 4, pause: { usleep(5000) })
        self.containers = ContainerSearch(containers: containers, table: processes, holders: holders)
        self.ask = ask
        self.limit = limit
        self.now = now
    }

    /// The peer's socket, when it is in the network namespace of the thread that asks.
    ///
    /// It does not wait: the kernel answers at once, in some ten microseconds.
    func socket(local: TCPEndpoint, remote: TCPEndpoint) throws(TCPAttestationError) -> SocketRecord? {
        // What is this end for the daemon is the other end for the peer.
        guard let socket = try ask(remote, local) else { return nil }
        guard socket.inode != 0 else { throw .hungUp("the TCP peer \(remote)") }
        return socket
    }

    /// Attests the peer of a connection whose end here is `local` and whose end there is `remote`.
    ///
    /// Both are as the accepted socket has them (``TCPEndpoint/ends(ofSocket:)``), but `local` is where the peer wanted to
    /// connect to when something redirected it. With `needsProcess` the process is looked for, which takes time in proportion
    /// to the descriptors that are open on the machine, and needs `CAP_SYS_PTRACE` and `CAP_DAC_READ_SEARCH` for other users'
    /// processes.
    package func find(
        local: TCPEndpoint,
        remote: TCPEndpoint,
        needsProcess: Bool
    ) throws(TCPAttestationError) -> TCPPeer {
        let deadline = Deadline(after: limit, now: now)
        guard let socket = try socket(local: local, remote: remote) else {
            guard containers.containers.isEmpty else {
                return try containers.find(own: remote, other: local, by: deadline)
            }
            throw .elsewhere(remote)
        }
        guard needsProcess else { return TCPPeer(userID: socket.userID, inode: socket.inode) }

        let holder = try holders.only(holderOf: socket.inode, userID: socket.userID, by: deadline)
        let start = HolderStatus.start(in: holder.folder)
        // Last of all: what was found is still so.
        guard let start, try ask(remote, local) == socket, holder.stillHolds else {
            throw .hungUp("the TCP peer \(remote)")
        }
        return TCPPeer(
            userID: socket.userID,
            inode: socket.inode,
            processID: holder.processID,
            processStart: start
        )
    }
}
