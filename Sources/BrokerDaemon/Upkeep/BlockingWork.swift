internal import Dispatch

/// Work that holds up its thread for seconds: making keys, waiting for the disk, running a program.
///
/// It has a thread of its own, so that neither event loops nor tasks wait for it.
struct BlockingWork: Sendable {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label, qos: .utility)
    }

    /// Does `work`; a task that is cancelled meanwhile does not wait for its end.
    ///
    /// - Returns: `nil` when the task was cancelled.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        await AbandonableWait.run { done in queue.async { done(work()) } }
    }

    /// Waits for a task of somebody else's, which goes on when this one is cancelled.
    ///
    /// - Returns: `nil` when the task was cancelled.
    static func wait<Value: Sendable>(for work: @escaping @Sendable () async -> Value) async -> Value? {
        await AbandonableWait.run { done in
            // Unstructured: it may not listen to a cancellation, and nobody waits for it then.
            Task { done(await work()) }
        }
    }
}
