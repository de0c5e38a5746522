package import DocumentReader

/// One file of grants and denials.
package struct PolicyDocument: Sendable, Equatable {
    package let file: String
    package let grants: [Grant]
    package let denials: [Denial]

    /// A document that is not written down anywhere.
    package init(file: String, grants: [Grant] = [], denials: [Denial] = []) {
        (self.file, self.grants, self.denials) = (file, grants, denials)
    }

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - text: YAML, see `docs/policy.md`.
    ///   - file: what errors call it.
    ///   - profiles: the profiles that exist; a grant that names another is an error. `nil`: any name will do.
    ///   - sinks: the sinks that exist; a grant that names another is an error. `nil`: any name will do.
    ///   - rotations: the rotation plans that exist; a grant that names another is an error. `nil`: any name will do.
    ///   - accounts: turns names of users and groups into numbers; a name that does not exist is an error, because a
    ///     denial that cannot be compared would deny everybody and a grant would silently permit nobody.
    ///   - names: the names of grants and denials in the documents that were read before this one.
    /// - Throws: ``DocumentErrors``: everything that is wrong, with file, line and key.
    package init(
        parsing text: String,
        file: String,
        profiles: Set<ProfileName>?,
        sinks: Set<String>? = nil,
        rotations: Set<String>? = nil,
        accounts: AccountNames,
        names: GrantNames = GrantNames()
    ) throws(DocumentErrors) {
        let document: DocumentValue
        do {
            document = try DocumentValue(parsing: text, file: file, limit: DocumentSize.policy)
        } catch {
            throw DocumentErrors([error])
        }
        let reader = PolicyReader(
            profiles: profiles,
            sinks: sinks,
            rotations: rotations,
            accounts: accounts,
            names: names
        )
        self.file = file
        (grants, denials) = reader.read(document)
        guard reader.errors.errors.isEmpty else { throw reader.errors.errors }
    }
}

/// The names that grants and denials have, each of which stands for one of them in logs and explanations.
package final class GrantNames {
    private var places: [String: SourcePlace] = [:]

    package init() {}

    /// Takes `name`, or answers where it has been taken before.
    func take(_ name: String, at place: SourcePlace) -> SourcePlace? {
        if let earlier = places[name] { return earlier }
        places[name] = place
        return nil
    }
}
