internal import AccessPolicy
internal import CLinux
internal import Glibc

/// Learns from the kernel who is at the other end of a Unix socket, or of a TCP connection on this machine.
///
/// One for a daemon: it holds the threads that look at processes, and the digests of their executables.
package final class PeerAttestor: Sendable {
    let limits: AttestationLimits
    private let pidfdSource: PidfdSource
    private let sources: FactSources
    let pool: WorkPool

    /// `invocations` is the folder in which systemd keeps the invocation IDs of units; `wallClock` gives nanoseconds since
    /// 1970, to compare with times of files; `namespace` is the daemon's own; `observer` is told of each access to `/proc` and to files.
    package init(
        limits: AttestationLimits = .init(),
        pidfdSource: PidfdSource = .socket,
        invocations: String = "/run/systemd/units",
        namespace: ControlGroupNamespace = .machine,
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: @escaping @Sendable () -> Int64 = { clinux_clock_ns(CLOCK_REALTIME) },
        observer: @escaping AttestationObserver = { _ in }
    ) {
        self.limits = limits
        self.pidfdSource = pidfdSource
        sources = FactSources(
            digests: ExecutableDigests(limits: limits, clock: clock, wallClock: wallClock, observe: observer),
            largestDigested: limits.digestedSize,
            invocations: invocations,
            namespace: namespace,
            observe: observer
        )
        pool = WorkPool(limits: limits.lookups, clock: clock)
    }

    /// The user at the other end of a connected Unix socket, as of connect(2): all that must be known to count connections.
    package func userID(ofSocket number: CInt) throws(AttestationError) -> UInt32 {
        try PeerSocket(number: number).credentials().uid
    }

    /// The peer of a connected Unix socket, with what the socket alone tells: user, groups and label as of connect(2).
    ///
    /// It does not block, and keeps no hold on the socket. A peer that has ended already is no error here: its user is known.
    ///
    /// - Throws: ``AttestationError`` when it is no such socket or the daemon has no descriptors left.
    package func peer(ofSocket number: CInt) throws(AttestationError) -> AttestedPeer {
        let socket = PeerSocket(number: number)
        let credentials = try socket.credentials()
        let workload = Workload(
            processID: credentials.pid,
            userID: credentials.uid,
            groupID: .known(credentials.gid),
            groups: socket.groups(),
            label: socket.label()
        )
        guard credentials.pid > 0 else {
            return peer(unknown(workload, "the process is outside of the daemon's PID namespace"), .outside)
        }
        return peer(workload, try process(of: socket, credentials))
    }

    /// A process that an operator names, with its effective user and groups now.
    ///
    /// - Throws: ``AttestationError`` when there is none of this number, or it ends or changes its user meanwhile.
    package func process(_ processID: Int32) throws(AttestationError) -> AttestedPeer {
        guard processID > 0 else { throw AttestationError(.unidentified, "\(processID) is no number of a process") }
        return try process(processID, userID: nil)
    }

    /// The process that has the number now, if it runs as `userID`, or as anyone when that is `nil`.
    ///
    /// It makes system calls that may wait.
    func process(_ processID: Int32, userID: UInt32?) throws(AttestationError) -> AttestedPeer {
        let hold = try ProcessHold(processNumber: processID, userID: userID, observe: sources.observe)
        let folder = try hold.confirmed()
        let content = try folder.content(of: "status", limit: 1 << 20).orRefuse(processID, "reading the groups")
        guard let status = ProcessStatus(parsing: content) else {
            throw AttestationError(.unreadable, "the groups of process \(processID) are not as the kernel writes them")
        }
        let label: Fact<String> =
            switch folder.content(of: "attr/current", limit: 1 << 16) {
            case .success(let bytes): SecurityLabel.fact(bytes)
            case .failure(let error) where error.code == ENOENT || error.code == EINVAL:
                .unknown(SecurityLabel.noModule)
            case .failure(let error): .unknown("the label cannot be read: \(error)")
            }
        _ = try hold.confirmed()
        let workload = Workload(
            processID: processID,
            userID: hold.userID,
            groupID: .known(status.effectiveGroup),
            groups: .known(status.groups),
            label: label
        )
        return peer(workload, .held(hold))
    }

    private func peer(_ workload: Workload, _ process: AttestedPeer.Process) -> AttestedPeer {
        let facts: RequiredFacts = if case .outside = process { .all } else { [.groups, .label] }
        return AttestedPeer(
            .init(workload: workload, facts: facts),
            process: process,
            sources: sources,
            pool: pool,
            time: limits.lookupTime
        )
    }

    private func process(
        of socket: PeerSocket,
        _ credentials: clinux_ucred
    ) throws(AttestationError) -> AttestedPeer.Process {
        do throws(AttestationError) {
            if pidfdSource == .socket, let pidfd = socket.pidfd() {
                return .held(
                    ProcessHold(
                        pidfd: try pidfd.orRefuse(credentials.pid, "opening a pidfd"),
                        processID: credentials.pid,
                        userID: credentials.uid,
                        observe: sources.observe
                    )
                )
            }
            return .held(
                try ProcessHold(
                    processNumber: credentials.pid,
                    userID: credentials.uid,
                    observe: sources.observe
                )
            )
        } catch {
            switch error.code {
            case .exited, .replaced, .executed, .unreadable: return .lost(error)
            case .busy, .unidentified: throw error
            }
        }
    }

    private func unknown(_ workload: Workload, _ reason: String) -> Workload {
        var workload = workload
        workload.loginUserID = .unknown(reason)
        workload.executable = .unknown(reason)
        workload.sha256 = .unknown(reason)
        workload.unit = .unknown(reason)
        workload.invocation = .unknown(reason)
        workload.slices = .unknown(reason)
        workload.container = .unknown(reason)
        workload.pod = .unknown(reason)
        return workload
    }
}
