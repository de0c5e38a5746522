/// What may be wrong with a chain of identity certificates that looks right.
package enum CertificateFault: String, Sendable, CaseIterable {
    /// The leaf is for a key that nobody sent.
    case otherKey = "other_key"
    /// The intermediate comes before the leaf.
    case wrongOrder = "wrong_order"
    /// The leaf names the intermediate as its issuer but is signed with another key.
    case wrongSignature = "wrong_signature"
    /// The leaf expired an hour ago.
    case expired
}
