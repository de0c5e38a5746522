package import TokenBroker

/// A service probe that answers from a script.
package struct ScriptedServiceProbe: ServiceProbe {
    package typealias Outcome = Result<ServiceReading, AcquisitionError>

    package let place = "https://iam.test/identity/keys"
    /// The script: for counting, holding and releasing calls.
    package let script: Script<Void, ServiceReading>

    /// Answers with `outcomes` in order, and then fails.
    package init(_ outcomes: Outcome...) {
        script = Script(outcomes)
    }

    /// Answers every call with `reading`.
    package init(always reading: ServiceReading) {
        script = Script([]) { _ in .success(reading) }
    }

    package func probe() async throws(AcquisitionError) -> ServiceReading {
        try await script.answer(to: ())
    }
}
