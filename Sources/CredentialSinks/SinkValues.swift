package import BrokerAPI
package import JOSE

/// What can stand in a sink's file.
package struct SinkValues: Sendable {
    private let token: Redacted<String>
    private let expiresIn: Int
    private let expiresAt: Int
    private let profile: String
    /// The end of the token as RFC 3339 has it.
    private let expiresAtUTC: String
    package var pair: HMACPair?
    /// Of the instance, by what templates call it.
    package var instance: [TemplateVariable: String] = [:]

    /// - Parameters:
    ///   - token: a compact token.
    ///   - expiresIn: whole seconds that remain of it.
    ///   - expiresAt: its end in seconds since 1970.
    ///   - expiresAtUTC: the same as RFC 3339 has it.
    ///   - profile: the local name of its profile.
    package init(token: Redacted<String>, expiresIn: Int, expiresAt: Int, expiresAtUTC: String, profile: String) {
        (self.token, self.expiresIn, self.expiresAt) = (token, expiresIn, expiresAt)
        (self.expiresAtUTC, self.profile) = (expiresAtUTC, profile)
    }

    /// Those that golden tests see.
    static let fake = SinkValues(
        token: Redacted(TemplateVariable.accessToken.fake),
        expiresIn: 3_600,
        expiresAt: Int(TemplateVariable.expiresAt.fake) ?? 0,
        expiresAtUTC: TemplateVariable.expiresAtUTC.fake,
        profile: TemplateVariable.profile.fake
    )

    func line(_ format: TokenFormat, _ variable: String) -> Redacted<String> {
        let token = token.exposed
        let answer = TokenResponse.text(
            token: token,
            expiresIn: expiresIn,
            expiresAt: expiresAt,
            profile: profile
        )
        return Redacted(format.line(token: token, variable: variable, answer: answer))
    }

    var byVariable: [TemplateVariable: Redacted<String>] {
        var values: [TemplateVariable: Redacted<String>] = [
            .accessToken: token, .expiresAt: Redacted(String(expiresAt)), .expiresAtUTC: Redacted(expiresAtUTC),
            .profile: Redacted(profile),
        ]
        if let pair {
            values[.accessKeyID] = Redacted(pair.accessKeyID)
            values[.secretAccessKey] = pair.secretAccessKey
        }
        for (variable, value) in instance { values[variable] = Redacted(value) }
        return values
    }
}
