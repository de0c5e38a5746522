package import DocumentReader

/// One file of grants and denials.
package struct PolicyDocument: Sendable, Equatable {
    package let grants: [Grant]
    package let denials: [Denial]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - text: YAML, see `docs/policy.md`.
    ///   - file: what errors call it.
    ///   - profiles: the profiles that exist; a grant that names another is an error.
    ///   - accounts: turns names of users and groups into numbers; a name that does not exist is an error, because a
    ///     denial that cannot be compared would deny everybody and a grant would silently permit nobody.
    /// - Throws: ``DocumentError`` with file, line and key of the first thing that is wrong.
    package init(
        parsing text: String,
        file: String,
        profiles: Set<ProfileName>,
        accounts: AccountNames
    ) throws(DocumentError) {
        let reader = PolicyReader(profiles: profiles, accounts: accounts)
        (grants, denials) = try reader.read(DocumentValue(parsing: text, file: file))
    }
}

/// The names of the machine's users and groups.
package struct AccountNames: Sendable {
    package let userID: @Sendable (String) -> UInt32?
    package let groupID: @Sendable (String) -> UInt32?

    package init(
        userID: @escaping @Sendable (String) -> UInt32?,
        groupID: @escaping @Sendable (String) -> UInt32?
    ) {
        self.userID = userID
        self.groupID = groupID
    }
}
