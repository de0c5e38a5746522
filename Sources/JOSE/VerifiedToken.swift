package import FoundationEssentials

/// A token that passed every check at ``verifiedAt``; only ``TokenVerifier`` makes one.
package struct VerifiedToken: Sendable {
    /// The compact serialisation, ready to be handed over.
    package let compact: Redacted<String>
    package let issuedAt: Date
    /// `exp`: from this instant on the token is not valid any more.
    package let expiresAt: Date
    package let verifiedAt: Date
    /// All claims, as they stand in the token.
    package let claims: JSONDocument

    init(compact: Redacted<String>, times: TokenTimes, verifiedAt: Date, claims: JSONDocument) {
        self.compact = compact
        issuedAt = Date(timeIntervalSince1970: times.issuedAt)
        expiresAt = Date(timeIntervalSince1970: times.expiresAt)
        self.verifiedAt = verifiedAt
        self.claims = claims
    }

    /// The whole life of the token in seconds; never negative.
    package var lifetime: TimeInterval { max(0, expiresAt.timeIntervalSince(issuedAt)) }
}

extension VerifiedToken: CustomStringConvertible, CustomReflectable {
    /// Without the token and its claims: neither must reach a log by accident.
    package var description: String { "VerifiedToken(expiresAt: \(expiresAt))" }
    package var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}
