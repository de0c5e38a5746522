package import FoundationEssentials

/// When a key ID of the token issuer was seen, since the broker started.
package struct KeySighting: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        /// In the key set.
        case published
        /// Not in the key set any more; tokens from before its withdrawal still pass.
        case kept
        /// Not in the key set any more, and no token passes with it.
        case withdrawn
    }

    package let keyID: String
    package let state: State
    /// When a key set with it was fetched first.
    package let firstSeen: Date
    /// When one with it was fetched last.
    package let lastSeen: Date
    /// When a key set without it was fetched first after that.
    package let withdrawnAt: Date?
    /// The latest `exp` of the tokens that the broker obtained and verified with it.
    package let lastTokenEndsAt: Date?
}
