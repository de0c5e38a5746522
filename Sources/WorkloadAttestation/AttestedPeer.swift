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
    private let turns = Turns()
    private let known: Mutex<ProcessInspection.Findings>

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
        known = Mutex(findings)
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
            case .outside: return known.withLock { $0.workload }
            case .held(let hold):
                guard try await turns.take("process \(processID)") else { continue }
                defer { turns.end() }
                return try await gather(facts, of: hold)
            }
        }
    }

    /// The workload, if `facts` are there already or need nothing from `/proc`.
    ///
    /// It does not block.
    package func workloadAtOnce(_ facts: RequiredFacts) -> Workload? {
        known.withLock { $0.facts.isSuperset(of: facts) ? $0.workload : nil }
    }

    /// Whether the process still runs the program that was attested; `true` when no fact about the program was gathered.
    ///
    /// One system call that does not wait, except where the program is on a network file system that asks its server.
    package func isUnchanged() -> Bool {
        guard case .held(let hold) = process, let program = known.withLock({ $0.program }) else { return true }
        return hold.runs(program)
    }

    /// Whether the process has not ended; `false` when there is no hold on it.
    var isRunning: Bool { if case .held(let hold) = process { hold.isRunning } else { false } }

    private func gather(_ facts: RequiredFacts, of hold: ProcessHold) async throws(AttestationError) -> Workload {
        let known = self.known.withLock { $0 }
        let inspection = ProcessInspection(process: hold, sources: sources)
        var outcome = try await inspect(inspection, facts, known, computed: nil)
        if case .digestMissing(let file) = outcome {
            let fact = try await sources.digests.digest(of: file, user: userID).get()
            outcome = try await inspect(inspection, facts, known, computed: .init(version: file.version, fact: fact))
        }
        guard case .complete(let findings) = outcome else {
            throw AttestationError(.busy, "the executable of process \(processID) keeps changing; try again")
        }
        self.known.withLock { $0 = findings }
        return findings.workload
    }

    private func inspect(
        _ inspection: ProcessInspection,
        _ facts: RequiredFacts,
        _ known: ProcessInspection.Findings,
        computed: ProcessInspection.ComputedDigest?
    ) async throws(AttestationError) -> ProcessInspection.Outcome {
        try await pool.run(for: .user(userID), within: time, "looking at process \(processID)") { _ in
            Result { () throws(AttestationError) in try inspection.add(facts, to: known, computed: computed) }
        }
        .get()
    }
}
