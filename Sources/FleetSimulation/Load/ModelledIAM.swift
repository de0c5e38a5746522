/// What IAM is to a fleet: a limit, a latency, and outages.
///
/// What IBM's IAM allows is not published (reference: IBM API, section 3.7); so the limit is a parameter, and a round one.
struct ModelledIAM: Sendable {
    enum Answer: Sendable, Hashable {
        /// `iat` of the token, in whole seconds of the run.
        case granted(issuedAt: Int)
        case limited
        case unavailable
    }

    private let scenario: FleetScenario
    /// Calls that may come at once.
    private var allowance: Double
    private var lastCall = VirtualTime.start

    init(_ scenario: FleetScenario) {
        self.scenario = scenario
        allowance = scenario.iamCallsPerSecond
    }

    /// What becomes of a call that arrives now; calls come in the order of time.
    ///
    /// An allowance of one second's calls that refills all the time; a call that is refused takes nothing from it.
    mutating func call(at now: VirtualTime) -> Answer {
        allowance += Double(now.microseconds - lastCall.microseconds) * 1e-6 * scenario.iamCallsPerSecond
        allowance = min(allowance, scenario.iamCallsPerSecond)
        lastCall = now
        if scenario.outage.contains(now.seconds) { return .unavailable }
        // What was added up in parts may lack a little of a whole.
        guard allowance >= 1 - 1e-9 else { return .limited }
        allowance -= 1
        return .granted(issuedAt: now.second)
    }

    /// How long an answer takes, and the way of a call, in seconds.
    static func latency(_ random: inout SeededGenerator) -> Double { 0.05 + random.wait(mean: 0.1) }
    static let way = 0.02
}
