/// When a search has to have ended.
struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant

    init(after limit: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
        instant = now() + limit
    }

    func check() throws(TCPAttestationError) {
        guard now() >= instant else { return }
        throw TCPAttestationError(
            .timedOut,
            "looking for the process behind a TCP connection took too long; "
                + "this machine has many processes or descriptors: use the Unix socket, or grants that name users alone"
        )
    }
}
