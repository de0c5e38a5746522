internal import FoundationEssentials
internal import JOSE

/// The members of an answer with a token, as both calls give it (reference: IBM API, sections 1.4 and 2.2).
struct TokenMembers {
    let accessToken: String
    /// The earlier of `expires_at` and `created_at` plus `expires_in`: IBM's own samples contradict themselves.
    private let expiresAt: Date
    let nonce: String?

    init(_ answer: HTTPAnswer) throws(AnswerFault) {
        let object = try answer.object()
        accessToken = try object.accessToken()
        guard let expiresAt = Self.date(object["expires_at"]) else { throw .member("expires_at") }
        var earliest = expiresAt
        if let created = object["created_at"] {
            guard let created = Self.date(created) else { throw .member("created_at") }
            if let lifetime = object["expires_in"] {
                guard let seconds = lifetime.integer, seconds > 0 else { throw .member("expires_in") }
                earliest = min(earliest, created.addingTimeInterval(Double(seconds)))
            }
        }
        self.expiresAt = earliest
        if let nonce = object["nonce"] {
            guard let nonce = nonce.string else { throw .member("nonce") }
            self.nonce = nonce
        } else {
            nonce = nil
        }
    }

    /// The token's own `exp` counts too, when it is earlier.
    func expiresAt(_ claims: IdentityTokenClaims?) -> Date {
        min(expiresAt, claims?.expiresAt ?? expiresAt)
    }

    private static func date(_ value: JSONValue?) -> Date? {
        value?.string.flatMap(CivilTime.init(rfc3339:))?.date
    }
}
