internal import FoundationEssentials
internal import IdentityCertificates
internal import TokenBroker

/// When the next attempt for one certificate is due: a function of what it was told and of the time.
struct CertificateSchedule: Sendable {
    /// The certificate in the files.
    struct Held: Sendable, Equatable {
        var serial: String
        var obtained: Date
        /// When the first of its chain ends.
        var expires: Date
    }

    struct Failure: Sendable {
        let error: UpkeepFailure
        /// Attempts that failed in a row.
        let count: Int
        /// On the boot-time clock.
        let retryAt: Duration
        /// Whether only the users of the files could not be told.
        let isOfReload: Bool
    }

    private(set) var held: Held?
    private(set) var failure: Failure?
    private var due: (date: Date, boot: Duration)?

    /// Someone has to change something first, so seconds do not help.
    private static let lastingDelay: Duration = .seconds(60)
    /// An end that lies further than this in the future is looked at again sooner: clocks are set.
    private static let longestSleep: Duration = .seconds(300)

    /// A service that gives certificates of a few seconds is not asked without end.
    static let shortestDistance: TimeInterval = 30

    /// The files have this certificate.
    ///
    /// `isNew`: it has just been obtained, and is not one that was found.
    mutating func holds(_ held: Held, isNew: Bool, now: Moment, draw: Double) {
        var date = RenewalTime(obtained: held.obtained, expires: held.expires, random: draw).date
        if isNew { date = max(date, now.wall.addingTimeInterval(Self.shortestDistance)) }
        due = (date, now.boot + .seconds(max(0, date.timeIntervalSince(now.wall))))
        (self.held, failure) = (held, nil)
    }

    /// An attempt failed; what the files have stays as it was.
    mutating func failed(_ error: UpkeepFailure, now: Moment, draw: Double) {
        let count = (failure?.count ?? 0) + 1
        var delay = max(BackOff.delay(failures: count, draw: draw), error.retryAfter ?? .zero)
        if error.isLasting { delay = max(delay, Self.lastingDelay) }
        let isOfReload = !isRenewalDue(now: now)
        failure = Failure(error: error, count: count, retryAt: now.boot + delay, isOfReload: isOfReload)
    }

    /// The files do not have it any more, or not as they should.
    mutating func lost() {
        (held, due) = (nil, nil)
    }

    /// What failed has been done; when to renew stays as it was.
    mutating func recovered() {
        failure = nil
    }

    /// Whether the certificate in the files is old, or there is none.
    func isRenewalDue(now: Moment) -> Bool { renewalWait(now: now) <= .zero }

    /// How long until an attempt is due; zero when it is.
    func wait(now: Moment) -> Duration {
        let renewal = max(.zero, renewalWait(now: now))
        guard let failure else { return renewal }
        let retry = max(.zero, failure.retryAt - now.boot)
        return failure.isOfReload ? min(retry, renewal) : retry
    }

    /// By the clock that says less: the wall clock may have been set, the other one not.
    private func renewalWait(now: Moment) -> Duration {
        guard let due else { return .zero }
        return min(.seconds(due.date.timeIntervalSince(now.wall)), due.boot - now.boot)
    }

    /// How long to sleep before looking again.
    func sleep(now: Moment) -> Duration { min(wait(now: now), Self.longestSleep) }
}
