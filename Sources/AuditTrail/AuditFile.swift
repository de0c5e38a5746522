internal import AuditChain
package import TokenBroker

/// The audit log as a chain of lines in files.
///
/// ``record(_:)`` puts the event into a bounded queue and returns; a thread of its own writes what waits there with one call
/// and makes it durable at most once a second. What cannot be written waits, and is tried again each second; what finds
/// no room any more is counted, and the count becomes a line as soon as lines can be written.
package final class AuditFile: AuditLog {
    private let queue: AuditQueue
    private let writer: ChainWriter
    private let time: any TimeSource
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let isRequired: Bool

    /// - Parameters:
    ///   - configuration: where the log is, and its limits.
    ///   - time: the clocks.
    ///   - notify: is told what the daemon's own log should say; called on the writer's thread.
    package init(
        _ configuration: AuditFileConfiguration,
        time: any TimeSource,
        notify: @escaping @Sendable (AuditNotice) -> Void
    ) {
        queue = AuditQueue(configuration)
        writer = ChainWriter(configuration, queue: queue, time: time, notify: notify)
        self.time = time
        isRequired = configuration.isRequired
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func record(_ event: AuditEvent) {
        if queue.append(event, now: { time.now.wall }) { wake.yield() }
    }

    package var mayProceed: Bool { queue.mayProceed }

    package var status: AuditStatus { queue.status }

    /// Opens the folder and finds the end of the chain.
    ///
    /// Call it before anything is served.
    ///
    /// - Throws: ``AuditFileError`` when another process has the log, and with a required log whatever keeps it from being
    ///   written. A log that is not required is tried again each second.
    package func start() async throws(AuditFileError) {
        do {
            try await writer.open()
        } catch {
            if isRequired || error.code == .inUse { throw error }
        }
        wake.yield()
    }

    /// Writes whenever there is something to write, until ``stop()`` is called or the task is cancelled.
    package func run() async {
        var timer: (deadline: Duration, task: Task<Void, Never>)?
        for await _ in wakes {
            let deadline = await writer.pass()
            guard deadline != timer?.deadline else { continue }
            timer?.task.cancel()
            timer = deadline.map { deadline in (deadline, wakeUp(at: deadline)) }
        }
        timer?.task.cancel()
    }

    /// Writes what waits now, without waiting for ``run()`` to come to it.
    package func flush() async {
        _ = await writer.pass(isForced: true)
    }

    /// Goes on in a new file when the current one was renamed or removed, as logrotate does; for SIGHUP.
    package func reopen() async {
        await writer.reopen()
    }

    /// Writes all that was recorded, then `stopped` as the last line, makes it durable and closes the file.
    ///
    /// Call it when nobody records any more: later events are counted as lost.
    package func stop() async {
        wake.finish()
        queue.close(at: time.now.wall)
        await writer.close()
    }

    /// Ends ``run()``.
    func finish() {
        wake.finish()
    }

    private func wakeUp(at deadline: Duration) -> Task<Void, Never> {
        // Unstructured: ``run()`` owns it, and cancels it when another deadline takes its place.
        Task { [time, wake] in
            do {
                try await time.sleep(until: deadline)
                wake.yield()
            } catch {
                // Cancelled: something else woke the writer first.
            }
        }
    }
}
