package import TokenBroker

/// A metadata source that answers from a script.
package struct ScriptedMetadataSource: MetadataSource {
    package typealias Outcome = Result<MetadataAnswer, AcquisitionError>

    /// What was asked for, and with what.
    package struct Call: Sendable {
        package let query: MetadataQuery
        package let identity: InstanceIdentityToken
    }

    /// The script: for counting, holding and releasing calls.
    package let script: Script<Call, MetadataAnswer>

    /// Answers with `outcomes` in order, and then fails.
    package init(_ outcomes: Outcome...) {
        script = Script(outcomes)
    }

    /// Answers every call with what `answer` makes of it.
    package init(answering answer: @escaping @Sendable (Call) -> Outcome) {
        script = Script([], thereafter: answer)
    }

    /// The calls so far.
    package var calls: [Call] { script.calls }

    package func metadata(
        _ query: MetadataQuery,
        _ identity: InstanceIdentityToken
    ) async throws(AcquisitionError) -> MetadataAnswer {
        try await script.answer(to: Call(query: query, identity: identity))
    }
}
