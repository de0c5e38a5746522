internal import Dispatch

/// Runs the writer on a thread of its own: a slow disk holds up neither event loops nor the threads that tasks share.
final class WriterExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "iam-broker.audit")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
