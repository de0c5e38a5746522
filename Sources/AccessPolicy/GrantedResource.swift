/// What one entry of a grant gives besides profiles.
enum GrantedResource: Sendable, Hashable {
    /// A path of the metadata service and everything below it, except what ``covering(_:)`` says.
    case path(String)
    case userData
    case certificates

    /// What `metadata` calls user data: they are a part of a document, and not a path.
    static let userDataName = "user_data"

    /// The entries that cover `resource`, the nearest first; none when it is not in the form of a path.
    ///
    /// An initialization document may hold secrets, so no entry above it covers it, and neither what lies below it.
    static func covering(_ resource: InstanceResource) -> [GrantedResource] {
        switch resource {
        case .certificates: return [.certificates]
        case .userData: return [.userData]
        case .metadata(let path):
            guard let segments = MetadataPath.segments(path) else { return [] }
            let fewest = segments.lastIndex(of: "initialization").map { $0 + 1 } ?? 1
            return (fewest...segments.count).reversed().map { .path(segments.prefix($0).joined(separator: "/")) }
        }
    }
}

extension Grant {
    /// What it gives besides profiles, each once.
    var resources: Set<GrantedResource> {
        var resources = Set(
            metadata.map { $0 == GrantedResource.userDataName ? GrantedResource.userData : .path($0) }
        )
        if certificates { resources.insert(.certificates) }
        return resources
    }
}
