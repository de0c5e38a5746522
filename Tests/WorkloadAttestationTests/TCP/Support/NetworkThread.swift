import Foundation
import Synchronization
import Testing

/// A thread in a network namespace of its own.
///
/// Sockets, processes and threads that a task on it makes are in the namespace; the loopback interface is up.
final class NetworkThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let arrivals = DispatchSemaphore(value: 0)
    private let isOver = Atomic(false)

    /// Runs `work` on such a thread, which ends with it.
    static func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let thread = NetworkThread()
        Thread.detachNewThread { thread.loop() }
        defer { thread.end() }
        // A task of its own, since that is what an executor can be chosen for; it ends with this call.
        try await Task(executorPreference: thread) {
            try #require(enterNamespace() == 0)
            try TestProcess.run(["ip", "link", "set", "lo", "up"])
            try await work()
        }
        .value
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        arrivals.signal()
    }

    private func end() {
        isOver.store(true, ordering: .releasing)
        arrivals.signal()
    }

    private func loop() {
        while true {
            arrivals.wait()
            if let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else if isOver.load(ordering: .acquiring) {
                return
            }
        }
    }

    private static func enterNamespace() -> CInt {
        // Glibc's module leaves the function and its flag CLONE_NEWNET out.
        guard let function = dlsym(nil, "unshare") else { return -1 }
        return unsafeBitCast(function, to: (@convention(c) (CInt) -> CInt).self)(0x4000_0000)
    }
}
