/// The answer to `GET /v1/token`.
package struct TokenResponse: Codable, Sendable {
    package var accessToken: String
    package var tokenType: String
    /// Seconds that remain, now.
    package var expiresIn: Int
    /// `exp` of the token, in seconds since 1970.
    package var expiresAt: Int
    package var profile: String

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case expiresAt = "expires_at"
        case profile
    }
}

extension TokenResponse: CustomStringConvertible, CustomReflectable {
    /// Without the token: it must not reach a log by accident.
    package var description: String { "TokenResponse(profile: \(profile), expiresIn: \(expiresIn))" }
    package var customMirror: Mirror { Mirror(self, children: ["profile": profile, "expiresIn": expiresIn]) }
}
