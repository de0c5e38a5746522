package import JOSE
package import TokenBroker

/// A token exchanger that answers from a script.
package struct ScriptedExchanger: TokenExchanger {
    package typealias Outcome = Result<UnverifiedToken, AcquisitionError>

    /// What an exchange was asked for.
    package struct Call: Sendable {
        package let identity: InstanceIdentityToken
        package let profile: TrustedProfile
    }

    /// The script: for counting, holding and releasing calls.
    package let script: Script<Call, UnverifiedToken>

    /// Answers with `outcomes` in order, and then fails.
    package init(_ outcomes: Outcome...) {
        script = Script(outcomes)
    }

    /// Answers every call with what `answer` makes of it.
    package init(answering answer: @escaping @Sendable (Call) -> Outcome) {
        script = Script([], thereafter: answer)
    }

    /// The exchanges so far.
    package var calls: [Call] { script.calls }

    package func exchange(
        _ identity: InstanceIdentityToken,
        for profile: TrustedProfile
    ) async throws(AcquisitionError) -> UnverifiedToken {
        try await script.answer(to: Call(identity: identity, profile: profile))
    }
}
