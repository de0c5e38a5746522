internal import FoundationEssentials
internal import TokenBroker

/// What is known of one sink's file, and when to look at it again: a value without clocks, tasks or input and output.
struct SinkState: Sendable {
    /// What the file holds.
    struct Held: Sendable, Equatable {
        /// Of the token; `nil` when an earlier run wrote it.
        var generation: UInt64?
        /// Tells whether the file still holds what was written; `nil` when an earlier run wrote it.
        var print: SinkPrint?
        /// When the token ends: the earlier of the two clocks counts.
        var endsAt: Date
        var bootEnd: Duration

        init(generation: UInt64?, print: SinkPrint?, endsAt: Date, now: Moment) {
            (self.generation, self.print, self.endsAt) = (generation, print, endsAt)
            bootEnd = now.boot + .seconds(max(0, endsAt.timeIntervalSince(now.wall)))
        }

        func remaining(at now: Moment) -> TimeInterval {
            min(endsAt.timeIntervalSince(now.wall), (bootEnd - now.boot).seconds)
        }
    }

    /// Why there shall be no file.
    enum Refusal: Sendable, Equatable {
        case denied(String)
        case locked(String)
    }

    /// What was being done.
    enum Attempt: Sendable, Equatable {
        /// To find what an earlier run left, or to get a token.
        case token
        /// To keep the token of this number in the file.
        case keep(UInt64)
        /// To take the file away.
        case removal
    }

    struct Failure: Sendable, Equatable {
        let message: String
        let attempt: Attempt
        /// Attempts that failed in a row.
        let count: Int
        /// On the boot-time clock.
        let retryAt: Duration
    }

    private(set) var held: Held?
    private(set) var refusal: Refusal?
    private(set) var failure: Failure?
    /// The file is new, and who uses it does not know yet.
    private(set) var isReloadDue = false
    /// Until when the decision about the sink stands, by the wall clock.
    private var settledUntil: Date?

    /// Somebody may remove or change the file meanwhile, or mend what failed.
    private static let longestSleep: Duration = .seconds(60)

    /// An earlier run left a file behind whose token ends at `endsAt` at the latest.
    mutating func found(endsAt: Date, now: Moment) {
        held = Held(generation: nil, print: nil, endsAt: endsAt, now: now)
    }

    /// The policy permits until then; whether there is a token is another question.
    mutating func permitted(until: Date) {
        settledUntil = until
    }

    /// Nobody refuses the file any more.
    mutating func allowed() {
        refusal = nil
    }

    /// There shall be no file; hours of grants begin on full minutes.
    ///
    /// - Returns: whether that is new.
    mutating func refused(_ refusal: Refusal, now: Moment) -> Bool {
        // What is left undone about a refusal stays so when it is told again.
        if self.refusal != refusal { failure = nil }
        defer { (self.refusal, isReloadDue) = (refusal, false) }
        settledUntil = Date(
            timeIntervalSince1970: (now.wall.timeIntervalSince1970 / 60).rounded(.down) * 60 + 60
        )
        return self.refusal != refusal
    }

    /// Whether the token of this number is to be written.
    func needsWrite(of generation: UInt64) -> Bool { held?.generation != generation }

    mutating func wrote(_ held: Held) {
        (self.held, isReloadDue) = (held, true)
    }

    /// The file is gone.
    mutating func removed() {
        held = nil
        if failure?.attempt == .removal { failure = nil }
    }

    /// Everything is as it should be.
    mutating func succeeded() {
        (failure, isReloadDue) = (nil, false)
    }

    /// Whether something may be tried: what has failed waits for its time, whatever else happens.
    func mayTry(_ attempt: Attempt, now: Moment) -> Bool {
        guard let failure, failure.attempt == attempt else { return true }
        return now.boot >= failure.retryAt
    }

    /// Something failed; what the file holds stays as it was.
    ///
    /// - Returns: whether that is new, and not the same again.
    mutating func failed(_ error: UpkeepFailure, at attempt: Attempt, now: Moment, draw: Double) -> Bool {
        let before = failure?.attempt == attempt ? failure : nil
        let count = (before?.count ?? 0) + 1
        var delay = max(BackOff.delay(failures: count, draw: draw), error.retryAfter ?? .zero)
        if error.isLasting { delay = Self.longestSleep }
        failure = Failure(
            message: error.message,
            attempt: attempt,
            count: count,
            retryAt: now.boot + min(delay, Self.longestSleep)
        )
        return before?.message != error.message
    }

    /// Whether the token in the file is good for nothing any more.
    func hasEnded(at now: Moment) -> Bool { held.map { $0.remaining(at: now) <= 0 } ?? false }

    /// How long to sleep before looking again, if nothing happens.
    func sleep(now: Moment) -> Duration {
        var span = Self.longestSleep
        if let settledUntil { span = min(span, .seconds(max(0, settledUntil.timeIntervalSince(now.wall)))) }
        if let held, !hasEnded(at: now) { span = min(span, .seconds(held.remaining(at: now))) }
        if let failure { span = min(span, failure.retryAt - now.boot) }
        // Never at once: what has just failed to change would be looked at without end.
        return max(span, Self.shortestSleep)
    }

    private static let shortestSleep: Duration = .milliseconds(100)
}
