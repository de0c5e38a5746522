/// Whose a file is, and who may do what with it.
package struct FilePermissions: Sendable, Hashable {
    /// `nil`: who writes it.
    package let owner: UInt32?
    /// `nil`: the group of who writes it.
    package let group: UInt32?
    /// The nine bits of chmod(2).
    package let mode: UInt32

    /// For a file with a secret: readable by owner and group at most, and written by nobody but the owner.
    package static func secret(
        owner: UInt32? = nil,
        group: UInt32? = nil,
        mode: UInt32 = 0o600
    ) throws(SecretFileError) -> Self {
        guard mode & ~0o640 == 0, mode & 0o400 != 0 else {
            let text = String(mode, radix: 8)
            throw SecretFileError(
                .unsafePlace,
                "a file with a secret must not have the mode \(text); it may have 400, 440, 600 or 640"
            )
        }
        return Self(owner: owner, group: group, mode: mode)
    }

    /// For a file that anybody may read.
    package static func readable(owner: UInt32? = nil, group: UInt32? = nil) -> Self {
        Self(owner: owner, group: group, mode: 0o644)
    }

    /// Whether a file that has these numbers has these permissions.
    package func match(owner: UInt32, group: UInt32, mode: UInt32) -> Bool {
        self.mode == mode & 0o7777 && (self.owner ?? owner) == owner && (self.group ?? group) == group
    }
}
