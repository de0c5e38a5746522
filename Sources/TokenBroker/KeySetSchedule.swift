internal import FoundationEssentials

/// When the issuer's key set is fetched again: a value without clocks or calls.
package struct KeySetSchedule: Sendable {
    private var fetchedAt: Duration?
    /// For how many seconds the fetch that brought the set had been due; `nil` when it was not.
    private var late: TimeInterval?
    /// The last fetch that failed since.
    private var failure: (at: Duration, asked: Duration)?
    /// When the set is to be fetched again, once that was drawn.
    private var due: Duration?
    private var retryAt: Duration?

    package init() {}

    /// The set arrived.
    package mutating func fetched(now: Duration) {
        late = due.map { (now - $0).seconds }
        (fetchedAt, failure, due, retryAt) = (now, nil, nil, nil)
    }

    /// It could not be had again.
    ///
    /// - Parameters:
    ///   - now: on the boot-time clock.
    ///   - asked: how long the service asked to be left alone; `nil` when it did not.
    package mutating func failed(now: Duration, asked: Duration?) {
        (failure, retryAt) = ((now, max(Self.distance, asked ?? .zero)), nil)
    }

    /// When the set is to be looked at again.
    ///
    /// - Parameter draw: uniform in 0..<1; it is called once for each fetch.
    /// - Returns: on the boot-time clock; `nil` while there is no set.
    package mutating func nextLook(draw: () -> Double) -> Duration? {
        guard let fetchedAt else { return nil }
        let (life, youth) = (Self.life.seconds, Self.distance.seconds)
        let due =
            due ?? fetchedAt + .seconds(RenewalBeat.keySet.wait(life: life, late: late, youth: youth, draw: draw()))
        self.due = due
        guard let failure else { return due }
        let retryAt = retryAt ?? failure.at + BackOff.delay(asked: failure.asked, failures: 1, draw: draw())
        self.retryAt = retryAt
        return max(due, retryAt)
    }

    /// For how long a set is used before a newer one is looked for.
    static let life: Duration = .seconds(3_600)
    /// The shortest time between two looks.
    static let distance: Duration = .seconds(60)
}
