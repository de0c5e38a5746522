/// Where the instance reads about itself: the metadata service.
package protocol MetadataSource: Sendable {
    /// Reads one resource, once; when to try again is the caller's to decide.
    ///
    /// - Throws: ``AcquisitionError``; with ``AcquisitionError/Code/identityRejected`` the caller gets a new identity token and
    ///   tries once more.
    func metadata(
        _ query: MetadataQuery,
        _ identity: InstanceIdentityToken
    ) async throws(AcquisitionError) -> MetadataAnswer
}

/// What is read of the metadata service.
package struct MetadataQuery: Sendable, Hashable {
    /// Below `/metadata/v1/`, such as `instance/volume_attachments`: letters, digits, `_`, `-`, and `/` inside.
    package let path: String
    /// The place of a page in a list, as an earlier page told it.
    package let start: String?
    /// Entries of a page.
    package let limit: Int?

    package init(path: String, start: String? = nil, limit: Int? = nil) {
        (self.path, self.start, self.limit) = (path, start, limit)
    }
}

/// What the metadata service says.
package enum MetadataAnswer: Sendable, Equatable {
    /// A JSON object, as it came; well-formed.
    case document([UInt8])
    /// There is no such resource.
    case notFound
}
