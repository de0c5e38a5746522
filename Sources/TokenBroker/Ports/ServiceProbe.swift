package import FoundationEssentials

/// A service that can be asked whether it answers at all, without an identity.
package protocol ServiceProbe: Sendable {
    /// Where it is asked: a URL.
    var place: String { get }

    /// Asks once.
    ///
    /// - Throws: ``AcquisitionError`` when it does not answer as it should.
    func probe() async throws(AcquisitionError) -> ServiceReading
}

/// What an answer of a service tells beside its content.
package struct ServiceReading: Sendable, Equatable {
    /// `nil` when the answer bears no date.
    package let clock: ClockComparison?

    package init(clock: ClockComparison?) {
        self.clock = clock
    }
}

/// The clock of this machine beside that of a service.
package struct ClockComparison: Sendable, Equatable {
    /// Seconds that this machine is ahead; negative when it is behind.
    package let offset: TimeInterval
    /// Seconds by which ``offset`` may be wrong.
    package let uncertainty: TimeInterval

    /// Compares an HTTP date, which is cut to whole seconds, with the time around the call.
    ///
    /// - Parameters:
    ///   - serviceDate: the date of the answer (RFC 9110 section 6.6.1).
    ///   - sent: when the request was sent, by the clock of this machine.
    ///   - received: when the answer was there, by the same clock.
    package init(serviceDate: Date, sent: Date, received: Date) {
        let span = max(0, received.timeIntervalSince(sent))
        offset = sent.timeIntervalSince(serviceDate) + span / 2 - 0.5
        uncertainty = span / 2 + 0.5
    }
}
