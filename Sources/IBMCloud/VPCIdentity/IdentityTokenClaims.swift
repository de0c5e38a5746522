internal import FoundationEssentials
internal import JOSE

/// What an identity token says about itself.
///
/// It cannot be verified: IBM publishes no key for it.
struct IdentityTokenClaims {
    let expiresAt: Date?
    let nonce: String?
    let accountID: String?
    let instanceCRN: String?

    /// `nil` when the token is not a JSON Web Token.
    init?(compact: String) {
        guard let claims = try? UnverifiedToken(compact: compact).decoded().claims.root else { return nil }
        expiresAt = claims["exp"]?.number.map { Date(timeIntervalSince1970: $0) }
        nonce = claims["nonce"]?.string
        accountID = claims["iaas"]?["accountID"]?.string
        instanceCRN = claims["iaas"]?["crn"]?.string
    }
}
