internal import BrokerAPI
internal import JOSE

/// A token as the broker answered, in a form that other programs can be given.
struct AccessToken: Sendable {
    /// Nothing in it can end a line, a header field or a quoted string.
    let token: Redacted<String>
    /// Seconds since 1970.
    let expiresAt: Int
    /// Seconds that remained when the broker answered.
    let expiresIn: Int
    /// The broker's answer, on one line; it holds the token.
    let answer: Redacted<String>

    /// Asks for a token of `profile` that lives at least `minimumRemaining` seconds longer.
    static func of(
        _ profile: String,
        minimumRemaining: Int? = nil,
        from client: BrokerClient
    ) async throws(CommandFailure) -> AccessToken {
        var query = [(name: "profile", value: profile)]
        if let minimumRemaining { query.append(("min_ttl", String(minimumRemaining))) }
        let (answer, json) = try await client.get(BrokerPath.token, query: query, as: TokenResponse.self)
        guard isBearerToken(answer.accessToken) else { throw client.malformedAnswer }
        return AccessToken(
            token: Redacted(answer.accessToken),
            expiresAt: answer.expiresAt,
            expiresIn: answer.expiresIn,
            answer: Redacted(json)
        )
    }

    /// The ID of the profile at IBM, as the token tells it.
    var profileID: String? {
        let claims = try? UnverifiedToken(compact: token.exposed).decoded().claims.root
        guard let subject = claims?["iam_id"]?.string, subject.hasPrefix("iam-Profile-"),
            subject.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        return String(subject.dropFirst("iam-".count))
    }

    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        let scalar = Unicode.Scalar(byte)
        return scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }

    /// The `b64token` of RFC 6750 section 2.1.
    private static func isBearerToken(_ text: String) -> Bool {
        let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        return !body.isEmpty
            && body.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "-._~+/".utf8.contains(byte)
                }
            }
    }
}
