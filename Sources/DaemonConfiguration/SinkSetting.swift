package import AccessPolicy
package import CredentialSinks
package import SecretFiles

/// A file in which the daemon keeps a token for programs that read files.
package struct SinkSetting: Sendable {
    /// When the file is taken away, beside when policy no longer grants it.
    package enum Removal: String, Sendable, Hashable, CaseIterable {
        /// The daemon stops.
        case stop
        /// An operator locks the profile.
        case lock
        /// The token in it has ended, and there is no other.
        case expiry
    }

    /// What policy, status, log and audit call it.
    package let name: String
    package let profile: ProfileName
    package let content: SinkContent
    package let file: SecretFile
    package let removal: Set<Removal>
    /// A program and its arguments that must end with 0 before a new content takes the old one's place; ``contentWord`` stands for
    /// the path of the new content.
    package let check: [String]?
    /// A program and its arguments that is run after it did.
    package let reload: [String]?
    /// The file of the HMAC pair that the template has a place for.
    package let pair: String?

    package static let contentWord = "{file}"
}

/// What a unit's credential of this name holds, when systemd asks for it.
package struct CredentialSetting: Sendable {
    package let profile: ProfileName
    package let content: SinkContent
}
