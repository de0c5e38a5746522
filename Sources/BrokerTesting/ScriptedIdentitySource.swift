package import TokenBroker

/// An identity token source that answers from a script.
package struct ScriptedIdentitySource: IdentityTokenSource {
    package typealias Outcome = Result<InstanceIdentityToken, AcquisitionError>

    /// The script: for counting, holding and releasing calls.
    package let script: Script<Void, InstanceIdentityToken>

    /// Answers with `outcomes` in order, and then fails.
    package init(_ outcomes: Outcome...) {
        script = Script(outcomes)
    }

    /// Answers every call with `token`.
    package init(always token: InstanceIdentityToken) {
        script = Script([]) { _ in .success(token) }
    }

    /// How many identity tokens were asked for.
    package var callCount: Int { script.calls.count }

    package func identityToken() async throws(AcquisitionError) -> InstanceIdentityToken {
        try await script.answer(to: ())
    }
}
