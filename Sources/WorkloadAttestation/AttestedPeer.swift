package import AccessPolicy
internal import Synchronization

/// One peer, for as long as its connection lives.
package final class AttestedPeer: Sendable {
    /// What `/proc` can tell about the peer.
    enum Process: Sendable {
        case held(ProcessHold)
        /// The facts from `/proc` cannot be had.
        case lost(AttestationError)
        /// It has no number here, so `/proc` does not show it.
        case outside
    }

    package let userID: UInt32
    package let processID: Int32
    private let process: Process
    private let sources: FactSources
    private let pool: WorkPool
    private let time: Duration
    private let state: Mutex<State>

    private struct State {
        var findings: ProcessInspection.Findings
        /// Callers that wait until the one that gathers is done; `nil` while nobody gathers.
        var waiting: [CheckedContinuation<Void, Never>]?
    }

    /// How many requests of one connection may wait for its attestation.
    private static let maximumWaiting = 64

    init(
        _ findings: ProcessInspection.Findings,
        process: Process,
        sources: FactSources,
        pool: WorkPool,
        time: Duration
    ) {
        userID = findings.workload.userID
        processID = findings.workload.processID
        self.process = process
        self.sources = sources
        self.pool = pool
        self.time = time
        state = Mutex(State(findings: findings))
    }

    /// The workload with at least `facts`, the missing ones gathered now.
    ///
    /// Facts from `/proc` are read once, on the attestor's threads, and kept; after an error the next call tries again.
    ///
    /// - Throws: ``AttestationError`` when the process ended, was replaced or executed another program meanwhile, or when the
    ///   attestor has too much to do.
    package func workload(_ facts: RequiredFacts) async throws(AttestationError) -> Workload {
        while true {
            if let workload = workloadAtOnce(facts) { return workload }
            switch process {
            case .lost(let error): throw error
            case .outside: return state.withLock { $0.findings.workload }
            case .held(let hold):
                guard try await takeTurn() else { continue }
                defer { endTurn() }
                return try await gather(facts, of: hold)
            }
        }
    }

    /// The workload, if `facts` are there already or need nothing from `/proc`.
    ///
    /// It does not block.
    package func workloadAtOnce(_ facts: RequiredFacts) -> Workload? {
        state.withLock { $0.findings.facts.isSuperset(of: facts) ? $0.findings.workload : nil }
    }

    /// Whether the process still runs the program that was attested; `true` when no fact about the program was gathered.
    ///
    /// One system call that does not wait, except where the program is on a network file system that asks its server.
    package func isUnchanged() -> Bool {
        guard case .held(let hold) = process, let program = state.withLock({ $0.findings.program }) else { return true }
        return hold.runs(program)
    }

    private func gather(_ facts: RequiredFacts, of hold: ProcessHold) async throws(AttestationError) -> Workload {
        let known = state.withLock { $0.findings }
        let inspection = ProcessInspection(process: hold, sources: sources)
        var outcome = try await inspect(inspection, facts, known, computed: nil)
        if case .digestMissing(let file) = outcome {
            let fact = try await sources.digests.digest(of: file, user: userID).get()
            outcome = try await inspect(inspection, facts, known, computed: .init(version: file.version, fact: fact))
        }
        guard case .complete(let findings) = outcome else {
            throw AttestationError(.busy, "the executable of process \(processID) keeps changing; try again")
        }
        state.withLock { $0.findings = findings }
        return findings.workload
    }

    private func inspect(
        _ inspection: ProcessInspection,
        _ facts: RequiredFacts,
        _ known: ProcessInspection.Findings,
        computed: ProcessInspection.ComputedDigest?
    ) async throws(AttestationError) -> ProcessInspection.Outcome {
        try await pool.run(for: userID, within: time, "looking at process \(processID)") { _ in
            Result { () throws(AttestationError) in try inspection.add(facts, to: known, computed: computed) }
        }
        .get()
    }

    /// Waits while another call gathers.
    ///
    /// - Returns: Whether it is this call's turn; otherwise another one just ended and may have found what is needed.
    private func takeTurn() async throws(AttestationError) -> Bool {
        let isOwn = try state.withLock { state throws(AttestationError) in
            guard let waiting = state.waiting else {
                state.waiting = []
                return true
            }
            guard waiting.count < Self.maximumWaiting else {
                throw AttestationError(.busy, "too many requests wait for the attestation of process \(processID)")
            }
            return false
        }
        if isOwn { return true }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard let waiting = state.waiting else { return true }
                state.waiting = waiting + [continuation]
                return false
            }
            if isOver { continuation.resume() }
        }
        return false
    }

    private func endTurn() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }
        for continuation in waiting ?? [] { continuation.resume() }
    }
}
