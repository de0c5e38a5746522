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
        /// Whether the profile's token still is the one of this number: none came after it, and no lock.
        var holds: @Sendable (_ generation: UInt64) -> Bool
        var token: @Sendable (Permit) async -> Result<ReleasedToken, ProfileLane.Refusal>
        /// Writes the file unless `stands` says no before it gets its name, and calls `wrote` at the moment when it has it.
        ///
        /// `stands` is also asked while a program looks at the content, which is killed when it says no.
        var write:
            @Sendable (
                ReleasedToken, _ stands: @escaping @Sendable () -> Bool,
                _ wrote: @escaping @Sendable (SinkPrint) -> Void
            ) async throws(UpkeepFailure) -> Void
        /// Whether the file still holds what was written.
        var isIntact: @Sendable (SinkPrint) async -> Bool
        /// Tells whoever uses the file, unless `stands` says no.
        var reload: @Sendable (_ stands: @escaping @Sendable () -> Bool) async throws(UpkeepFailure) -> Void
        /// Takes the file away, and what an earlier run left beside it.
        ///
        /// - Returns: whether there was one.
        var remove: @Sendable () async throws(UpkeepFailure) -> Bool
        /// When the file of an earlier run was written, if there is one; takes away what it left beside it.
        var find: @Sendable () async throws(UpkeepFailure) -> Date?
        /// Begins nothing any more, ends the programs that run, and waits until nothing is under way.
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
    /// How long a stop waits for the disk.
    private static let stopTime: Duration = .seconds(4)

    /// Keeps the file, until the task is cancelled.
    func run() async {
        var hasLooked = false
        while !Task.isCancelled {
            let seen = actions.happenings()
            if !hasLooked { hasLooked = await look() }
            await pass()
            guard !Task.isCancelled else { break }
            let now = time.now
            await actions.happened(seen, now.boot + state.withLock { $0.sleep(now: now) })
        }
        await stop()
    }

    /// Ends what is under way, so that nothing half done stays behind, and takes the file away where that is wanted.
    private func stop() async {
        // Unstructured: this task is cancelled, and this is to be done all the same.
        let isDone = await Task {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    await self.actions.settle()
                    guard self.setting.removal.contains(.stop) else { return true }
                    return await self.withdraw(because: "the daemon stops")
                }
                group.addTask { [time] in
                    do {
                        try await time.sleep(until: time.now.boot + Self.stopTime)
                    } catch {
                        // Cancelled: all is done.
                    }
                    return false
                }
                let first = await group.next() ?? false
                group.cancelAll()
                return first
            }
        }
        .value
        guard !isDone else { return }
        audit.record(.sinkFailed(name: setting.name, reason: "the daemon stops before the file is as it should be"))
    }

    /// Looks for what an earlier run left.
    ///
    /// - Returns: whether that is known now.
    private func look() async -> Bool {
        do throws(UpkeepFailure) {
            guard let written = try await actions.find() else { return true }
            let now = time.now
            state.withLock { $0.found(endsAt: written.addingTimeInterval(Self.longestLife), now: now) }
            return true
        } catch {
            fail(error, at: .token)
            return false
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
            case .failure(let refusal): await tell(refusal)
            }
        }
        let now = time.now
        if setting.removal.contains(.expiry), state.withLock({ $0.hasEnded(at: now) }) {
            await withdraw(because: "the token in it has ended")
        }
    }

    private func tell(_ refusal: ProfileLane.Refusal) async {
        switch refusal.error.code {
        case .locked:
            refuse(.locked(refusal.error.message))
            if setting.removal.contains(.lock) { await withdraw(because: "an operator locked the profile") }
        case .profileNotLinked:
            // The broker itself drops its token then.
            state.withLock { $0.allowed() }
            fail(UpkeepFailure(refusal.error.message, isLasting: true), at: .token)
            await withdraw(because: "the profile is not linked to this instance any more")
        default:
            state.withLock { $0.allowed() }
            fail(UpkeepFailure(refusal.error.message, retryAfter: refusal.retryAfter), at: .token)
        }
    }

    private func keep(_ released: ReleasedToken, _ permit: Permit) async {
        let (generation, now) = (released.cached.generation, time.now)
        let mayTry = state.withLock { state in
            state.allowed()
            return state.mayTry(.keep(generation), now: now)
        }
        guard mayTry else { return }
        let stands = { @Sendable [actions] in
            guard case .permit(let now) = actions.decide(), now.grant == permit.grant else { return false }
            return actions.holds(generation)
        }
        do throws(UpkeepFailure) {
            if await isWriteDue(generation) {
                guard audit.mayProceed else {
                    throw UpkeepFailure("the audit log cannot be written, and audit.required is set")
                }
                try await actions.write(released, stands) { self.wrote(released, $0) }
            }
            if state.withLock({ $0.isReloadDue }) { try await actions.reload(stands) }
            // What changed meanwhile has been announced, so the next look comes at once.
            if stands() { state.withLock { $0.succeeded() } }
        } catch {
            // What policy or an operator ended is no failure.
            if stands() { fail(error, at: .keep(generation)) }
        }
    }

    private func isWriteDue(_ generation: UInt64) async -> Bool {
        let held = state.withLock { $0.needsWrite(of: generation) ? nil : $0.held }
        guard let print = held?.print else { return true }
        return await !actions.isIntact(print)
    }

    /// The file has its new content: called on the thread that gave it its name.
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
    ///
    /// - Returns: whether it is gone.
    @discardableResult
    private func withdraw(because reason: String) async -> Bool {
        let now = time.now
        guard state.withLock({ $0.mayTry(.removal, now: now) }) else { return false }
        do throws(UpkeepFailure) {
            let wasThere = try await actions.remove()
            state.withLock { $0.removed() }
            if wasThere { audit.record(.sinkRemoved(name: setting.name, reason: reason)) }
            return true
        } catch {
            fail(error, at: .removal)
            return false
        }
    }

    private func fail(_ error: UpkeepFailure, at attempt: SinkState.Attempt) {
        // What a stop cuts off is nobody's fault.
        guard !Task.isCancelled else { return }
        let (now, draw) = (time.now, draw())
        let isNew = state.withLock { $0.failed(error, at: attempt, now: now, draw: draw) }
        if isNew { audit.record(.sinkFailed(name: setting.name, reason: error.message)) }
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
