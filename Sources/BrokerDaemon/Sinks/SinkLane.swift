internal import AccessPolicy
internal import BrokerAPI
internal import DaemonConfiguration
internal import FoundationEssentials
internal import SecretFiles
internal import Synchronization
internal import TokenBroker

/// Keeps one sink's file as policy, locks and tokens want it, for as long as the daemon runs.
///
/// ``SinkState`` decides when; the lane does it, one thing after the other, and looks at policy and lock again before a new content
/// gets its name.
final class SinkLane: Sendable {
    /// What is asked and done outside; what may take seconds runs on no event loop.
    struct Actions: Sendable {
        /// What the policy in force says.
        var decide: @Sendable () -> Decision
        /// Whether an operator locked the profile.
        var isLocked: @Sendable () -> Bool
        var token: @Sendable (Permit) async -> Result<ReleasedToken, ProfileLane.Refusal>
        /// Writes the file; `nil` when `stands` said no at the last moment, and nothing was changed.
        var write:
            @Sendable (ReleasedToken, _ stands: @escaping @Sendable () -> Bool) async throws(UpkeepFailure) ->
                SinkPrint?
        /// Whether the file still holds what was written.
        var isIntact: @Sendable (SinkPrint) async -> Bool
        /// Tells whoever uses the file.
        var reload: @Sendable () async throws(UpkeepFailure) -> Void
        /// Takes the file away, and what an earlier run left beside it.
        ///
        /// - Returns: whether there was one.
        var remove: @Sendable () async throws(UpkeepFailure) -> Bool
        /// When the file of an earlier run was written, if there is one; takes away what it left beside it.
        var find: @Sendable () async throws(UpkeepFailure) -> Date?
        /// Waits until nothing of this is under way any more.
        var settle: @Sendable () async -> Void
        /// How often something happened that decides about the file.
        var happenings: @Sendable () -> UInt64
        var happened: @Sendable (_ after: UInt64, _ until: Duration) async -> Void
    }

    let setting: SinkSetting
    private let actions: Actions
    private let time: any TimeSource
    private let draw: @Sendable () -> Double
    private let audit: any AuditLog
    private let state = Mutex(SinkState())

    init(
        _ setting: SinkSetting,
        actions: Actions,
        time: any TimeSource,
        draw: @escaping @Sendable () -> Double,
        audit: any AuditLog
    ) {
        (self.setting, self.actions, self.time) = (setting, actions, time)
        (self.draw, self.audit) = (draw, audit)
    }

    /// No token of IAM lives longer, in seconds.
    private static let longestLife: TimeInterval = 3_600

    /// Keeps the file, until the task is cancelled.
    func run() async {
        await look()
        while !Task.isCancelled {
            let seen = actions.happenings()
            await pass()
            guard !Task.isCancelled else { break }
            let now = time.now
            await actions.happened(seen, now.boot + state.withLock { $0.sleep(now: now) })
        }
        await stop()
    }

    /// How long a stop waits for the disk, or for a program that looks at a new content.
    private static let stopTime: Duration = .seconds(4)

    /// Ends what is under way, so that nothing half done stays behind, and takes the file away where that is wanted.
    private func stop() async {
        // Unstructured: this task is cancelled, and this is to be done all the same.
        await Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await self.actions.settle()
                    guard self.setting.removal.contains(.stop) else { return }
                    await self.withdraw(because: "the daemon stops")
                }
                group.addTask { [time] in
                    do {
                        try await time.sleep(until: time.now.boot + Self.stopTime)
                    } catch {
                        // Cancelled: all is done.
                    }
                }
                await group.next()
                group.cancelAll()
            }
        }
        .value
    }

    /// Looks for what an earlier run left.
    private func look() async {
        do throws(UpkeepFailure) {
            guard let written = try await actions.find() else { return }
            let now = time.now
            state.withLock { $0.found(endsAt: written.addingTimeInterval(Self.longestLife), now: now) }
        } catch {
            fail(error)
        }
    }

    private func pass() async {
        switch actions.decide() {
        case .deny(let reason):
            refuse(.denied("policy: \(Self.text(reason, setting))"))
            await withdraw(because: "policy does not grant it")
        case .permit(let permit):
            state.withLock { $0.permitted(until: permit.settledUntil) }
            switch await actions.token(permit) {
            case .success(let released): await keep(released, permit)
            case .failure(let refusal) where refusal.error.code == .locked:
                refuse(.locked(refusal.error.message))
                if setting.removal.contains(.lock) { await withdraw(because: "an operator locked the profile") }
            case .failure(let refusal):
                fail(UpkeepFailure(refusal.error.message, retryAfter: refusal.retryAfter))
            }
        }
        let now = time.now
        if setting.removal.contains(.expiry), state.withLock({ $0.hasEnded(at: now) }) {
            await withdraw(because: "the token in it has ended")
        }
    }

    private func keep(_ released: ReleasedToken, _ permit: Permit) async {
        let now = time.now
        guard state.withLock({ $0.mayAttempt(released.cached.generation, now: now) }) else { return }
        do throws(UpkeepFailure) {
            if await isWriteDue(released.cached.generation) {
                guard audit.mayProceed else {
                    throw UpkeepFailure("the audit log cannot be written, and audit.required is set")
                }
                let actions = actions
                let print = try await actions.write(released) {
                    guard case .permit(let now) = actions.decide(), now.grant == permit.grant else { return false }
                    return !actions.isLocked()
                }
                // What changed meanwhile has been announced, so the next look comes at once.
                guard let print else { return }
                wrote(released, print)
            }
            if state.withLock({ $0.isReloadDue }) { try await actions.reload() }
            state.withLock { $0.succeeded() }
        } catch {
            fail(error, with: released.cached.generation)
        }
    }

    private func isWriteDue(_ generation: UInt64) async -> Bool {
        let held = state.withLock { $0.needsWrite(of: generation) ? nil : $0.held }
        guard let print = held?.print else { return true }
        return await !actions.isIntact(print)
    }

    private func wrote(_ released: ReleasedToken, _ print: SinkPrint) {
        let now = time.now
        let held = SinkState.Held(
            generation: released.cached.generation,
            print: print,
            endsAt: Date(timeIntervalSince1970: TimeInterval(released.expiresAt)),
            now: now
        )
        state.withLock { $0.wrote(held) }
        audit.record(
            .sinkWritten(
                AuditedSink(
                    name: setting.name,
                    profile: released.permit.profile,
                    grant: released.permit.grant,
                    token: released.cached.audited
                )
            )
        )
    }

    private func refuse(_ refusal: SinkState.Refusal) {
        let now = time.now
        guard state.withLock({ $0.refused(refusal, now: now) }) else { return }
        switch refusal {
        case .denied(let reason), .locked(let reason): audit.record(.sinkFailed(name: setting.name, reason: reason))
        }
    }

    /// Takes the file away, whoever wrote it: its place is the daemon's.
    private func withdraw(because reason: String) async {
        do throws(UpkeepFailure) {
            let wasThere = try await actions.remove()
            state.withLock { $0.removed() }
            if wasThere { audit.record(.sinkRemoved(name: setting.name, reason: reason)) }
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: UpkeepFailure, with generation: UInt64? = nil) {
        // What a stop cuts off is nobody's fault.
        guard !Task.isCancelled else { return }
        audit.record(.sinkFailed(name: setting.name, reason: error.message))
        let (now, draw) = (time.now, draw())
        state.withLock { $0.failed(error, with: generation, now: now, draw: draw) }
    }

    private static func text(_ reason: DenialReason, _ setting: SinkSetting) -> String {
        switch reason {
        case .nobodyMay, .noGrantMatches:
            "no grant for profile \(setting.profile) has 'sinks: [\(setting.name)]'"
        case .notNow(let grant): "the grant '\(grant)' names this sink, but does not hold at this time"
        case .denied: "\(reason)"
        }
    }
}

extension SinkLane {
    /// How it is doing now.
    var status: StatusResponse.Sink {
        let (state, now) = (state.withLock { $0 }, time.now)
        let remaining = state.held.map { $0.remaining(at: now) }
        let (word, reason): (String, String?) =
            switch state.refusal {
            case .denied(let reason): ("denied", reason)
            case .locked(let reason): ("locked", reason)
            case nil: (state.held == nil ? "absent" : state.failure == nil ? "written" : "failing", nil)
            }
        return StatusResponse.Sink(
            name: setting.name,
            profile: setting.profile.rawValue,
            path: setting.file.location.path,
            state: word,
            expiresAt: state.held.map { Int($0.endsAt.timeIntervalSince1970) },
            expiresIn: remaining.map { max(0, Int($0)) },
            lastError: state.failure?.message ?? reason
        )
    }
}
