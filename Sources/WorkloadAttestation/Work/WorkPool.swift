/// Runs work that may hang, on few threads of its own, and waits for it only so long.
///
/// A thread that hangs stays one of ``Limits/threads``: no other takes its place, so there is a bound to how much can hang.
package final class WorkPool: Sendable {
    package struct Limits: Sendable, Hashable {
        /// How many threads there are at most.
        ///
        /// They are made when they are needed.
        package var threads: Int
        /// How many threads work for one ``QuotaKey`` at a time.
        package var threadsPerKey: Int
        /// How many jobs may run and wait.
        package var jobs: Int
        /// How many jobs of one ``QuotaKey`` may run and wait.
        package var jobsPerKey: Int

        package init(threads: Int, threadsPerKey: Int, jobs: Int, jobsPerKey: Int) {
            self.threads = threads
            self.threadsPerKey = threadsPerKey
            self.jobs = jobs
            self.jobsPerKey = jobsPerKey
        }
    }

    private let threads: WorkThreads
    private let clock: any Clock<Duration>

    package init(limits: Limits, clock: any Clock<Duration>) {
        threads = WorkThreads(limits: limits)
        self.clock = clock
    }

    deinit { threads.stop() }

    /// Runs `work` on a thread of the pool.
    ///
    /// `time` is for waiting and running: afterwards the caller goes on without a result. `what` says what is done, for the
    /// error. `work` gets a flag that says whether nobody waits for it any more.
    package func run<Value: Sendable>(
        for key: QuotaKey,
        within time: Duration,
        _ what: String,
        _ work: @escaping @Sendable (AbandonedFlag) -> Result<Value, AttestationError>
    ) async -> Result<Value, AttestationError> {
        let outcome = WorkOutcome<Value>()
        let abandoned = AbandonedFlag()
        switch threads.submit(key: key, { outcome.settle(work(abandoned)) }) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let job):
            // Unstructured: it belongs to this call, which ends it, and it must not wait for the work.
            let alarm = Task { [threads, clock] in
                do { try await clock.sleep(for: time) } catch { return }  // Cancelled: the work was done in time.
                abandoned.set()
                threads.expire(job)
                outcome.settle(
                    .failure(
                        AttestationError(
                            .busy,
                            "\(what) took longer than \(time); try again, or look at the file system"
                        )
                    )
                )
            }
            defer { alarm.cancel() }
            return await outcome.value
        }
    }
}
