internal import Glibc
internal import SystemPrograms

/// What becomes of a program that is looked after: told what happened and when, it says what to do.
///
/// Times are distances from any one moment, on a clock that never goes back.
struct Supervision: Sendable, Equatable {
    /// What a new token means for the program.
    enum Renewal: Sendable, Equatable {
        /// Nothing: it asks for tokens itself.
        case none
        /// It is asked to end, killed after `grace`, and started with the new token.
        case restart(grace: Duration)
        case signal(Int32)
    }

    enum Event: Sendable, Equatable {
        /// There is another token than the one that the program was started with.
        case renewed
        case timePassed
        /// Somebody else asked the program to end: it is not to be started any more. It may stay, and is told on.
        case stopAsked
        case ended(ProgramRun.End)
    }

    enum Action: Sendable, Equatable {
        case start
        case send(Int32)
        /// The program ended, and so does all else.
        case finish(ProgramRun.End)
    }

    private enum State: Sendable, Equatable {
        case running
        /// Asked to end, for a restart.
        case stopping(killAt: Duration)
        /// Killed, for a restart, and not gone yet.
        case killed
        /// To end for good; `killAt` is left from a restart.
        case ending(killAt: Duration?)
        case over
    }

    private let renewal: Renewal
    private let interval: Duration
    private var state = State.running
    private var isRenewalPending = false
    /// When the next renewal may reach the program.
    private var earliest: Duration

    /// For a program that is started now.
    ///
    /// `interval` is the least time between two restarts or signals, and between the start and the first: what is renewed
    /// meanwhile counts as one.
    init(_ renewal: Renewal, interval: Duration, now: Duration) {
        (self.renewal, self.interval) = (renewal, interval)
        earliest = now + interval
    }

    /// When to come with ``Event/timePassed``; `nil`: when something happens.
    var wakeUp: Duration? {
        switch state {
        case .running: isRenewalPending ? earliest : nil
        case .stopping(let killAt): killAt
        case .ending(let killAt): killAt
        case .killed, .over: nil
        }
    }

    mutating func handle(_ event: Event, now: Duration) -> Action? {
        switch state {
        case .running: handleRunning(event, now)
        case .stopping(let killAt): handleStopping(event, now, killAt)
        case .killed: handleKilled(event, now)
        case .ending(let killAt): handleEnding(event, now, killAt)
        case .over: nil
        }
    }

    private mutating func handleRunning(_ event: Event, _ now: Duration) -> Action? {
        switch event {
        case .renewed:
            isRenewalPending = renewal != .none
            return renewIfDue(now)
        case .timePassed: return renewIfDue(now)
        case .stopAsked:
            // Only a restart has to be kept from happening. Many programs catch ^C and run on.
            if case .restart = renewal { state = .ending(killAt: nil) }
            return nil
        case .ended(let end): return finish(end)
        }
    }

    private mutating func renewIfDue(_ now: Duration) -> Action? {
        guard isRenewalPending, now >= earliest else { return nil }
        isRenewalPending = false
        earliest = now + interval
        switch renewal {
        case .none: return nil
        case .signal(let number): return .send(number)
        case .restart(let grace):
            state = .stopping(killAt: now + grace)
            return .send(SIGTERM)
        }
    }

    private mutating func handleStopping(_ event: Event, _ now: Duration, _ killAt: Duration) -> Action? {
        switch event {
        // It is started with the newest token anyway.
        case .renewed: return nil
        case .timePassed:
            guard now >= killAt else { return nil }
            state = .killed
            return .send(SIGKILL)
        case .stopAsked:
            state = .ending(killAt: killAt)
            return nil
        case .ended: return restart(now)
        }
    }

    private mutating func handleKilled(_ event: Event, _ now: Duration) -> Action? {
        switch event {
        case .renewed, .timePassed: return nil
        case .stopAsked:
            state = .ending(killAt: nil)
            return nil
        case .ended: return restart(now)
        }
    }

    private mutating func handleEnding(_ event: Event, _ now: Duration, _ killAt: Duration?) -> Action? {
        switch event {
        case .renewed, .stopAsked: return nil
        case .timePassed:
            guard let killAt, now >= killAt else { return nil }
            state = .ending(killAt: nil)
            return .send(SIGKILL)
        case .ended(let end): return finish(end)
        }
    }

    private mutating func restart(_ now: Duration) -> Action {
        (state, isRenewalPending, earliest) = (.running, false, now + interval)
        return .start
    }

    private mutating func finish(_ end: ProgramRun.End) -> Action {
        (state, isRenewalPending) = (.over, false)
        return .finish(end)
    }
}
