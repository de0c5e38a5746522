/// What lint asks the machine on which a policy is to be in force.
package struct MachineFacts: Sendable {
    /// Whether there is a user with this number.
    package let hasUser: @Sendable (UInt32) -> Bool
    /// What stands at a path; `nil`: nothing does.
    package let file: @Sendable (String) -> FileFacts?
    /// The SHA-256 of a file's content, 64 hexadecimal digits in lower case; `nil`: it cannot be told.
    package let sha256: @Sendable (String) -> String?

    package init(
        hasUser: @escaping @Sendable (UInt32) -> Bool,
        file: @escaping @Sendable (String) -> FileFacts?,
        sha256: @escaping @Sendable (String) -> String?
    ) {
        self.hasUser = hasUser
        self.file = file
        self.sha256 = sha256
    }
}

/// What a file system says of a file, without following symbolic links.
package struct FileFacts: Sendable, Hashable {
    package enum Kind: Sendable {
        case regular, symbolicLink, other
    }

    package let kind: Kind
    package let isExecutable: Bool
    package let ownerID: UInt32
    /// By its group or by everybody.
    package let isWritableByOthers: Bool

    package init(kind: Kind, isExecutable: Bool, ownerID: UInt32, isWritableByOthers: Bool) {
        self.kind = kind
        self.isExecutable = isExecutable
        self.ownerID = ownerID
        self.isWritableByOthers = isWritableByOthers
    }
}
