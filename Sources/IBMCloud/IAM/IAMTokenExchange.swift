internal import FoundationEssentials
package import JOSE
internal import NIOHTTP1
package import TokenBroker

/// IAM's own exchange of a compute resource token for the token of a profile: the `cr-token` grant, which Kubernetes and
/// OpenShift use (reference: IBM API, section 3.2).
package struct IAMTokenExchange: TokenExchanger {
    private let url: ServiceURL
    private let transport: HTTPTransport
    private let now: @Sendable () -> Date

    /// The transport is its owner's to shut down.
    init(_ configuration: IAMConfiguration, _ transport: HTTPTransport, now: @escaping @Sendable () -> Date) {
        (url, self.transport, self.now) = (configuration.url, transport, now)
    }

    package func exchange(
        _ identity: InstanceIdentityToken,
        for profile: TrustedProfile
    ) async throws(AcquisitionError) -> UnverifiedToken {
        let answer = try await send(form(identity, profile), for: profile)
        // The documentation says that 200 always means success, and nothing else does.
        guard answer.status == 200 else {
            throw IAMErrorBody(answer).failure(of: profile, subject(profile), now: now())
        }
        do {
            return UnverifiedToken(compact: try Self.token(in: answer))
        } catch {
            throw failure(profile, .malformedAnswer, "\(error); check that this is the URL of IAM")
        }
    }

    private func form(
        _ identity: InstanceIdentityToken,
        _ profile: TrustedProfile
    ) throws(AcquisitionError) -> FormFields {
        var form = FormFields()
        form.append("grant_type", "urn:ibm:params:oauth:grant-type:cr-token")
        form.append("cr_token", identity.compact.exposed)
        switch profile.reference {
        case .id(let id): form.append("profile_id", id.rawValue)
        case .crn(let crn): form.append("profile_crn", crn.rawValue)
        case .name(let name): form.append("profile_name", name)
        case .instanceDefault:
            throw failure(
                profile,
                .requestRejected,
                "the default profile is known to the metadata service of a VPC instance only; "
                    + "configure the profile by id, crn or name"
            )
        }
        return form
    }

    private func send(_ form: FormFields, for profile: TrustedProfile) async throws(AcquisitionError) -> HTTPAnswer {
        let request = HTTPRequest(
            method: .POST,
            url: url.appending("/identity/token"),
            headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
            body: form.encoded
        )
        do {
            return try await transport.send(request, limit: HTTPAnswer.tokenLimit)
        } catch {
            throw failure(profile, error.code, "\(error)\(IAMHint.text(for: error))")
        }
    }

    /// The token, when the rest of the answer is what IAM documents: a bearer token with an end.
    private static func token(in answer: HTTPAnswer) throws(AnswerFault) -> String {
        let object = try answer.object()
        let token = try object.accessToken()
        if let type = object["token_type"] {
            guard type.string?.lowercased() == "bearer" else { throw .member("token_type") }
        }
        guard let expiration = object["expiration"]?.integer, expiration > 0 else { throw .member("expiration") }
        return token
    }

    private func failure(
        _ profile: TrustedProfile,
        _ code: AcquisitionError.Code,
        _ explanation: String
    ) -> AcquisitionError {
        AcquisitionError(code, "\(subject(profile)): \(explanation)")
    }

    private func subject(_ profile: TrustedProfile) -> String { "no IAM token of profile \(profile.name) from \(url)" }
}
