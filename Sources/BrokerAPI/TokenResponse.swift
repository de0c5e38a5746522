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

    /// The same as JSON on one line, written byte by byte: every part is known to need no escaping.
    ///
    /// - Parameters:
    ///   - token: base64url and dots only.
    ///   - expiresIn: whole seconds that remain.
    ///   - expiresAt: seconds since 1970.
    ///   - profile: the local name of a profile.
    /// - Returns: the document; it holds the token.
    package static func text(token: String, expiresIn: Int, expiresAt: Int, profile: String) -> String {
        """
        {"access_token":"\(token)","token_type":"Bearer","expires_in":\(expiresIn),\
        "expires_at":\(expiresAt),"profile":"\(profile)"}
        """
    }
}

/// The answer to `GET /v1/token/watch`: no token is in it.
package struct TokenNewsResponse: Codable, Sendable, Equatable {
    package var profile: String
    /// Whether there is another token than the one that the caller named.
    package var changed: Bool
    /// `exp` of that token, in seconds since 1970.
    package var expiresAt: Int?
    /// Seconds that remain of it, now.
    package var expiresIn: Int?

    package init(profile: String, changed: Bool, expiresAt: Int? = nil, expiresIn: Int? = nil) {
        (self.profile, self.changed, self.expiresAt, self.expiresIn) = (profile, changed, expiresAt, expiresIn)
    }

    enum CodingKeys: String, CodingKey {
        case profile
        case changed
        case expiresAt = "expires_at"
        case expiresIn = "expires_in"
    }
}

extension TokenResponse: CustomStringConvertible, CustomReflectable {
    /// Without the token: it must not reach a log by accident.
    package var description: String { "TokenResponse(profile: \(profile), expiresIn: \(expiresIn))" }
    package var customMirror: Mirror { Mirror(self, children: ["profile": profile, "expiresIn": expiresIn]) }
}
