internal import FoundationEssentials
internal import JOSE
package import TokenBroker

extension VPCIdentity: IdentityTokenSource {
    package func identityToken() async throws(AcquisitionError) -> InstanceIdentityToken {
        let nonce = configuration.requireNonce ? Self.newNonce() : nil
        let call = VPCIdentityCall.identityToken(nonce: nonce)
        let answer = try await answer(to: call)
        let members: TokenMembers
        do {
            members = try TokenMembers(answer)
        } catch {
            throw call.failure(.malformedAnswer, "\(error); check that \(configuration.url) is the metadata service")
        }
        let claims = IdentityTokenClaims(compact: members.accessToken)
        if let nonce { try Self.compare(nonce, members, claims, call) }
        let expiresAt = members.expiresAt(claims)
        guard expiresAt > now() else {
            throw call.failure(
                .malformedAnswer,
                "it had already expired when it came; check the clock of this instance"
            )
        }
        return InstanceIdentityToken(
            compact: Redacted(members.accessToken),
            expiresAt: expiresAt,
            accountID: claims?.accountID,
            instanceCRN: claims?.instanceCRN
        )
    }

    /// 128 random bits, base64url.
    private static func newNonce() -> String {
        var random = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    private static func compare(
        _ nonce: String,
        _ members: TokenMembers,
        _ claims: IdentityTokenClaims?,
        _ call: VPCIdentityCall
    ) throws(AcquisitionError) {
        for (found, place) in [(members.nonce, "the answer"), (claims?.nonce, "the token")] where found != nonce {
            throw call.failure(
                .nonceMismatch,
                found == nil
                    ? "there is no nonce in \(place), so it may be a replay; \(MetadataHint.withoutNonce)"
                    : "the nonce in \(place) is not the one that was sent, so it may be a replay; "
                        + "find out what answers at the address of the metadata service"
            )
        }
    }
}
