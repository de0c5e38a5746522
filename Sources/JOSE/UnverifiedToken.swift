/// A token that somebody sent: any text at all until a ``TokenVerifier`` has accepted it.
package struct UnverifiedToken: Sendable {
    /// The compact serialisation (RFC 7515 section 3.1).
    package let compact: Redacted<String>

    package init(compact: String) {
        self.compact = Redacted(compact)
    }
}

extension UnverifiedToken {
    /// `kid` of the header as it stands there; `nil` when there is none, or no header.
    package var keyID: String? {
        let parts = try? CompactToken(compact.exposed)
        return (try? parts?.header())?.root["kid"]?.string
    }

    /// Header and claims as they stand in the token, for showing to a person.
    ///
    /// Nothing about them is verified.
    ///
    /// - Throws: the ``Rejection`` that a verifier would give for the token's form.
    package func decoded() throws(Rejection) -> (header: JSONDocument, claims: JSONDocument) {
        let parts = try CompactToken(compact.exposed)
        let header = try parts.header()
        return (header, try parts.claims())
    }
}
