internal import BrokerAPI
internal import FoundationEssentials
internal import Synchronization
internal import TokenBroker

/// Keeps one identity certificate renewed for as long as the daemon runs.
final class CertificateLane: Sendable {
    typealias Held = CertificateSchedule.Held

    /// What is done to the world; each may take seconds, and none runs on an event loop.
    struct Actions: Sendable {
        /// What the files have, where they have something that can be used.
        var current: @Sendable () async -> Held?
        /// Obtains a certificate and writes it.
        var renew: @Sendable () async throws(UpkeepFailure) -> Held
        /// Tells whoever uses the files.
        var reload: @Sendable () async throws(UpkeepFailure) -> Void
    }

    private struct Protected {
        var schedule = CertificateSchedule()
        /// The files are new, and who uses them does not know yet.
        var isReloadDue = false
        /// Whether it is known what the files have.
        var hasLooked = false
        /// Who waits for a renewal that the schedule did not ask for.
        var demands: [CheckedContinuation<Result<Held, UpkeepFailure>, Never>] = []
        var isOver = false
    }

    let name: String
    private let actions: Actions
    private let time: any TimeSource
    private let draw: @Sendable () -> Double
    private let audit: any AuditLog
    private let protected = Mutex(Protected())
    private let signal = RenewalSignal()

    init(
        name: String,
        actions: Actions,
        time: any TimeSource,
        draw: @escaping @Sendable () -> Double,
        audit: any AuditLog
    ) {
        (self.name, self.actions, self.time, self.draw) = (name, actions, time, draw)
        self.audit = audit
    }

    /// What the files have; `nil` until that is known.
    var inventory: [Held]? {
        protected.withLock { $0.hasLooked ? $0.schedule.held.map { [$0] } ?? [] : nil }
    }

    /// Renews it now, whatever the schedule says.
    func renewNow() async -> Result<Held, UpkeepFailure> {
        await withCheckedContinuation { continuation in
            let isOver = protected.withLock { protected in
                if !protected.isOver { protected.demands.append(continuation) }
                return protected.isOver
            }
            if isOver { continuation.resume(returning: .failure(.cancelled)) }
            signal.send()
        }
    }

    /// Renews what is due, until the task is cancelled.
    func run() async {
        await keepRenewed()
        protected.withLock { $0.isOver = true }
        answer(.failure(.cancelled))
    }

    private func keepRenewed() async {
        if let held = await actions.current() {
            hold(held, isNew: false)
            // Whether its users were told before the last stop, nobody knows.
            protected.withLock { $0.isReloadDue = true }
        }
        protected.withLock { $0.hasLooked = true }
        await attempt()
        while !Task.isCancelled {
            let (now, seen) = (time.now, signal.count)
            let pause = protected.withLock { $0.demands.isEmpty ? $0.schedule.sleep(now: now) : .zero }
            if pause > .zero {
                await signal.wait(after: seen, until: now.boot + pause, time: time)
                guard !Task.isCancelled else { return }
                await look()
            } else {
                await attempt()
            }
        }
    }

    /// Files that somebody removed or opened up meanwhile are made anew.
    private func look() async {
        guard protected.withLock({ $0.schedule.held != nil && $0.schedule.failure == nil }) else { return }
        guard await actions.current() == nil, !Task.isCancelled else { return }
        protected.withLock { $0.schedule.lost() }
    }

    private func attempt() async {
        do {
            // A certificate that grows old while its users cannot be told is renewed all the same.
            if protected.withLock({ !$0.demands.isEmpty || $0.schedule.isRenewalDue(now: time.now) }) {
                let held = try await actions.renew()
                audit.record(.certificateObtained(name: name, serial: held.serial, expiresAt: held.expires))
                protected.withLock { $0.isReloadDue = true }
                hold(held, isNew: true)
                answer(.success(held))
            }
            if protected.withLock({ $0.isReloadDue }) { try await actions.reload() }
            protected.withLock { protected in
                protected.isReloadDue = false
                protected.schedule.recovered()
            }
        } catch {
            // What a stop cuts off is nobody's fault.
            guard !Task.isCancelled else { return }
            answer(.failure(error))
            audit.record(.certificateFailed(name: name, reason: error.message))
            let (now, draw) = (time.now, draw())
            protected.withLock { $0.schedule.failed(error, now: now, draw: draw) }
        }
    }

    private func answer(_ result: Result<Held, UpkeepFailure>) {
        let demands = protected.withLock { protected in
            defer { protected.demands = [] }
            return protected.demands
        }
        for demand in demands { demand.resume(returning: result) }
    }

    private func hold(_ held: Held, isNew: Bool) {
        let (now, draw) = (time.now, draw())
        protected.withLock { $0.schedule.holds(held, isNew: isNew, now: now, draw: draw) }
    }

    /// How it is doing now.
    var status: StatusResponse.Certificate {
        let now = time.now
        let schedule = protected.withLock { $0.schedule }
        let remaining = schedule.held.map { $0.expires.timeIntervalSince(now.wall) }
        let state =
            switch remaining {
            case nil: "absent"
            case let seconds? where seconds <= 0: "expired"
            default: schedule.failure == nil ? "fresh" : "failing"
            }
        return StatusResponse.Certificate(
            name: name,
            state: state,
            serial: schedule.held?.serial,
            expiresAt: schedule.held.map { Int($0.expires.timeIntervalSince1970) },
            expiresIn: remaining.map { max(0, Int($0)) },
            nextAttemptIn: Int(schedule.wait(now: now).seconds),
            lastError: schedule.failure?.error.message
        )
    }
}
