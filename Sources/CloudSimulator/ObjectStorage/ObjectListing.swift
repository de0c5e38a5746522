internal import FoundationEssentials

/// `GET` of a bucket: the keys in it, a page at a time, in both versions of the call.
struct ObjectListing {
    private let bucket: String
    private let isSecondVersion: Bool
    private let prefix: [UInt8]
    private let delimiter: [UInt8]
    private let limit: Int
    /// The page begins after this.
    private let start: [UInt8]
    private let encodesKeys: Bool
    private let query: [FormField]

    private static let parameters: Set = [
        "list-type", "prefix", "delimiter", "max-keys", "encoding-type", "marker", "continuation-token", "start-after",
        "fetch-owner",
    ]

    init(_ query: [FormField], of bucket: String) throws(ObjectStorageError) {
        try ObjectStorageService.check(query, knowing: Self.parameters)
        self.bucket = bucket
        self.query = query
        guard ["2", nil].contains(query["list-type"]) else { throw .invalidArgument("list-type") }
        isSecondVersion = query["list-type"] != nil
        prefix = Array((query["prefix"] ?? "").utf8)
        delimiter = Array((query["delimiter"] ?? "").utf8)
        guard let limit = Int(query["max-keys"] ?? "1000"), limit >= 0 else { throw .invalidArgument("max-keys") }
        self.limit = min(limit, 1_000)
        guard ["url", nil].contains(query["encoding-type"]) else { throw .invalidArgument("encoding-type") }
        encodesKeys = query["encoding-type"] != nil
        if !isSecondVersion {
            start = Array((query["marker"] ?? "").utf8)
        } else if let token = query["continuation-token"] {
            guard let bytes = HexText.decode(token) else { throw .invalidArgument("continuation-token") }
            start = bytes
        } else {
            start = Array((query["start-after"] ?? "").utf8)
        }
    }

    func answer(_ store: ObjectStore) -> SimulatorAnswer {
        let entries = entries(of: store.objects(in: bucket))
        let page = entries.prefix(limit)
        let contents = page.compactMap { entry in entry.object.map { content(entry.name, $0) } }
        let prefixes = page.filter { $0.object == nil }
            .map { entry in
                "<CommonPrefixes><Prefix>\(written(entry.name))</Prefix></CommonPrefixes>"
            }
        let isTruncated = limit > 0 && entries.count > limit
        return SimulatorAnswer(
            headers: [("x-amz-request-id", UUID().uuidString.lowercased())],
            xml: #"<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
                + element("Name", XMLOutput.escape(bucket)) + element("Prefix", written(prefix))
                + (delimiter.isEmpty ? "" : element("Delimiter", written(delimiter)))
                + element("MaxKeys", "\(limit)") + (encodesKeys ? element("EncodingType", "url") : "")
                + element("IsTruncated", "\(isTruncated)")
                + place(next: isTruncated ? page.last?.name : nil, count: page.count)
                + contents.joined() + prefixes.joined() + "</ListBucketResult>"
        )
    }

    /// Keys, and what those with a delimiter after the prefix have in common, after the start.
    private func entries(
        of objects: [(key: ObjectKey, object: StoredObject)]
    ) -> [(name: [UInt8], object: StoredObject?)] {
        var entries: [(name: [UInt8], object: StoredObject?)] = []
        for (key, object) in objects where key.bytes.starts(with: prefix) {
            var entry: (name: [UInt8], object: StoredObject?) = (key.bytes, object)
            let rest = key.bytes.dropFirst(prefix.count)
            if !delimiter.isEmpty, let range = rest.firstRange(of: delimiter) {
                entry = (Array(key.bytes[..<range.upperBound]), nil)
            }
            guard start.lexicographicallyPrecedes(entry.name) else { continue }
            if entry.object == nil, entries.last?.name == entry.name { continue }
            entries.append(entry)
        }
        return entries
    }

    private func place(next: [UInt8]?, count: Int) -> String {
        guard isSecondVersion else {
            return element("Marker", written(start)) + (next.map { element("NextMarker", written($0)) } ?? "")
        }
        let token = query["continuation-token"].map { element("ContinuationToken", $0) } ?? ""
        return element("KeyCount", "\(count)") + token
            + (next.map { element("NextContinuationToken", HexText.encode($0)) } ?? "")
    }

    private func content(_ name: [UInt8], _ object: StoredObject) -> String {
        let members = [
            ("Key", written(name)), ("LastModified", CivilTime(object.modified).rfc3339WithMilliseconds),
            ("ETag", object.tag), ("Size", "\(object.content.count)"), ("StorageClass", "STANDARD"),
        ]
        return "<Contents>\(members.map { element($0.0, $0.1) }.joined())</Contents>"
    }

    private func written(_ name: [UInt8]) -> String {
        encodesKeys
            ? URIText.encode(name, escapesSlash: false) : XMLOutput.escape(String(decoding: name, as: UTF8.self))
    }

    private func element(_ name: String, _ content: String) -> String { "<\(name)>\(content)</\(name)>" }
}
