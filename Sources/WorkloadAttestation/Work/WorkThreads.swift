internal import Glibc
internal import Synchronization

/// The threads of a ``WorkPool``.
///
/// They keep it alive, and end when they are told to.
///
/// `@unchecked Sendable`: the semaphore is a fixed piece of memory that is only given to functions made for many threads.
final class WorkThreads: @unchecked Sendable {
    private struct State {
        var queue: WorkQueue
        var work: [WorkQueue.JobID: @Sendable () -> Void] = [:]
        var lastJob: WorkQueue.JobID = 0
        var threads = 0
        var idle = 0
        var isStopped = false
    }

    private let limits: WorkPool.Limits
    private let state: Mutex<State>
    private let wake: UnsafeMutablePointer<sem_t>

    init(limits: WorkPool.Limits) {
        self.limits = limits
        state = Mutex(State(queue: WorkQueue(limits: limits)))
        wake = .allocate(capacity: 1)
        sem_init(wake, 0, 0)
    }

    deinit {
        sem_destroy(wake)
        wake.deallocate()
    }

    func submit(key: QuotaKey, _ work: @escaping @Sendable () -> Void) -> Result<WorkQueue.JobID, AttestationError> {
        state.withLock { state in
            state.lastJob &+= 1
            let job = state.lastJob
            if let refusal = state.queue.submit(job, key: key) { return .failure(refusal) }
            state.work[job] = work
            if state.idle > 0 {
                state.idle -= 1
                sem_post(wake)
            } else if state.threads < limits.threads {
                if startThread() {
                    state.threads += 1
                } else if state.threads == 0 {
                    state.work[job] = nil
                    _ = state.queue.expire(job)
                    return .failure(AttestationError(.busy, "no thread can be started; raise TasksMax of the daemon"))
                }
            }
            return .success(job)
        }
    }

    func expire(_ job: WorkQueue.JobID) {
        state.withLock { state in
            if state.queue.expire(job) { state.work[job] = nil }
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            for _ in 0..<state.idle { sem_post(wake) }
            state.idle = 0
        }
    }

    private func startThread() -> Bool {
        var thread = pthread_t()
        let owner = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread,
            nil,
            { argument in
                if let argument { Unmanaged<WorkThreads>.fromOpaque(argument).takeRetainedValue().work() }
                return nil
            },
            owner.toOpaque()
        )
        guard code == 0 else {
            owner.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private enum Step {
        case run(WorkQueue.JobID, @Sendable () -> Void)
        case wait
        case end
    }

    private func work() {
        while true {
            switch nextStep() {
            case .run(let job, let work):
                work()
                state.withLock { $0.queue.finish(job) }
            case .wait:
                while sem_wait(wake) != 0 && errno == EINTR {}
            case .end: return
            }
        }
    }

    private func nextStep() -> Step {
        state.withLock { state in
            if state.isStopped { return .end }
            if let job = state.queue.next(), let work = state.work.removeValue(forKey: job) { return .run(job, work) }
            state.idle += 1
            return .wait
        }
    }
}
