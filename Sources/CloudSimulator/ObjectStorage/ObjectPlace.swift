/// Bucket and key in the path of a request, as both are with IBM's endpoints.
struct ObjectPlace {
    /// `nil` for the account as a whole.
    let bucket: String?
    /// `nil` for the bucket as a whole.
    let key: ObjectKey?

    /// Reads a path as it was sent; slashes after the first one of the key belong to it.
    init(_ path: String) throws(ObjectStorageError) {
        let parts = path.drop { $0 == "/" }.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        bucket = parts.first.flatMap { part in
            part.isEmpty ? nil : String(decoding: URIText.decode(part, plusIsSpace: false), as: UTF8.self)
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            key = nil
            return
        }
        let bytes = URIText.decode(parts[1], plusIsSpace: false)
        guard bytes.count <= ObjectKey.maximumLength else { throw .keyTooLong }
        key = ObjectKey(bytes: bytes)
    }
}
