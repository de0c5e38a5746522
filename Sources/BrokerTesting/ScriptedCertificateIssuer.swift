package import TokenBroker

/// A certificate issuer that answers from a script.
package struct ScriptedCertificateIssuer: CertificateIssuer {
    package typealias Outcome = Result<IssuedCertificate, AcquisitionError>

    /// What was asked for, and with what.
    package struct Call: Sendable {
        package let request: CertificateRequest
        package let identity: InstanceIdentityToken
    }

    /// The script: for counting, holding and releasing calls.
    package let script: Script<Call, IssuedCertificate>

    /// Answers with `outcomes` in order, and then fails.
    package init(_ outcomes: Outcome...) {
        script = Script(outcomes)
    }

    /// Answers every call with `certificate`.
    package init(always certificate: IssuedCertificate) {
        script = Script([]) { _ in .success(certificate) }
    }

    /// The calls so far.
    package var calls: [Call] { script.calls }

    package func certificate(
        _ request: CertificateRequest,
        _ identity: InstanceIdentityToken
    ) async throws(AcquisitionError) -> IssuedCertificate {
        try await script.answer(to: Call(request: request, identity: identity))
    }
}
