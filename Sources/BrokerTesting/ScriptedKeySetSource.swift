package import JOSE
package import TokenBroker

/// A key set source that answers from a script.
package struct ScriptedKeySetSource: KeySetSource {
    package typealias Outcome = Result<KeySet, AcquisitionError>

    /// The script: for counting, holding and releasing calls.
    package let script: Script<Void, KeySet>

    /// Answers with `outcomes` in order, and then fails.
    package init(_ outcomes: Outcome...) {
        script = Script(outcomes)
    }

    /// Answers every call with `keySet`.
    package init(always keySet: KeySet) {
        script = Script([]) { _ in .success(keySet) }
    }

    /// Answers every call with what `answer` makes of it.
    package init(answering answer: @escaping @Sendable () -> Outcome) {
        script = Script([]) { _ in answer() }
    }

    /// How many key sets were asked for.
    package var callCount: Int { script.calls.count }

    package func keySet() async throws(AcquisitionError) -> KeySet {
        try await script.answer(to: ())
    }
}
