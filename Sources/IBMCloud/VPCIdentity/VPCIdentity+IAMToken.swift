package import JOSE
package import TokenBroker

extension VPCIdentity: TokenExchanger {
    package func exchange(
        _ identity: InstanceIdentityToken,
        for profile: TrustedProfile
    ) async throws(AcquisitionError) -> UnverifiedToken {
        let call = VPCIdentityCall.iamToken(identity, profile)
        let answer = try await answer(to: call)
        do {
            return UnverifiedToken(compact: try TokenMembers(answer).accessToken)
        } catch {
            throw call.failure(.malformedAnswer, "\(error); check that \(configuration.url) is the metadata service")
        }
    }
}
