package import FoundationEssentials
package import JOSE

/// The token that says which instance (or pod) this is.
///
/// Whoever holds it can ask IBM for every linked profile, so it never leaves the daemon.
///
/// Its signature cannot be checked: IBM publishes no keys for it (reference: IBM API, section 1.5). It is only ever sent
/// back to where it came from.
package struct InstanceIdentityToken: Sendable {
    package let compact: Redacted<String>
    package let expiresAt: Date
    /// The account of the instance, when the token tells it.
    package let accountID: String?
    /// The CRN of the instance, when the token tells it.
    package let instanceCRN: String?

    package init(compact: Redacted<String>, expiresAt: Date, accountID: String? = nil, instanceCRN: String? = nil) {
        self.compact = compact
        self.expiresAt = expiresAt
        self.accountID = accountID
        self.instanceCRN = instanceCRN
    }
}
