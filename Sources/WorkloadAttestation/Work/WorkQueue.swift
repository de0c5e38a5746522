/// Decides which job runs next and which is refused.
///
/// It does nothing itself.
struct WorkQueue {
    typealias JobID = UInt64

    private let limits: WorkPool.Limits
    private var waiting: [(job: JobID, key: QuotaKey)] = []
    private var running: [JobID: (key: QuotaKey, isStuck: Bool)] = [:]

    init(limits: WorkPool.Limits) {
        self.limits = limits
    }

    /// Adds a job, or tells why not.
    mutating func submit(_ job: JobID, key: QuotaKey) -> AttestationError? {
        let stuck = running.values.filter(\.isStuck)
        if stuck.count >= limits.threads {
            return AttestationError(
                .busy,
                "every thread waits for a file system that does not answer; look at its mounts"
            )
        }
        if stuck.count(where: { $0.key == key }) >= limits.threadsPerKey {
            return AttestationError(
                .busy,
                "a file system does not answer for \(key); look at where its programs are"
            )
        }
        if waiting.count + running.count >= limits.jobs {
            return AttestationError(.busy, "too many processes are being looked at; try again")
        }
        let own = waiting.count { $0.key == key } + running.values.count { $0.key == key }
        if own >= limits.jobsPerKey {
            return AttestationError(.busy, "too many processes of \(key) are being looked at; try again")
        }
        if key.isStranger, waiting.count(where: \.key.isStranger) + strangersRunning >= limits.jobs / 2 {
            return AttestationError(
                .busy,
                "too many processes outside of this network namespace are being looked at; try again"
            )
        }
        waiting.append((job, key))
        return nil
    }

    /// Takes the oldest job of a key that has a thread left.
    mutating func next() -> JobID? {
        guard let nextIndex else { return nil }
        let (job, key) = waiting.remove(at: nextIndex)
        running[job] = (key, isStuck: false)
        return job
    }

    /// The time of a job is over: it starts no more, or its thread counts as stuck.
    ///
    /// - Returns: Whether it was still waiting.
    mutating func expire(_ job: JobID) -> Bool {
        if running[job] != nil {
            running[job]?.isStuck = true
            return false
        }
        guard let index = waiting.firstIndex(where: { $0.job == job }) else { return false }
        waiting.remove(at: index)
        return true
    }

    mutating func finish(_ job: JobID) {
        running[job] = nil
    }

    /// Strangers together have half of the threads and jobs: whoever has many addresses must not hold up users.
    private var strangersRunning: Int { running.values.count(where: \.key.isStranger) }

    private var nextIndex: Int? {
        waiting.firstIndex { entry in
            running.values.count { $0.key == entry.key } < limits.threadsPerKey
                && (!entry.key.isStranger || strangersRunning < max(1, limits.threads / 2))
        }
    }
}
