internal import Crypto
internal import FoundationEssentials

/// An object of a bucket.
struct StoredObject: Sendable {
    let content: [UInt8]
    /// The header fields that a reader gets back: type, encoding and metadata.
    let fields: [HeaderField]
    let modified: Date
    /// The quoted MD5 of the content, which is what clients compare with.
    let tag: String

    init(content: [UInt8], fields: [HeaderField], modified: Date) {
        self.content = content
        self.fields = fields
        self.modified = modified
        tag = "\"\(HexText.encode(Insecure.MD5.hash(data: content)))\""
    }
}

/// The name of an object in its bucket.
///
/// Bytes, not a string: S3 sorts by bytes, and two spellings of one letter are two keys.
struct ObjectKey: Sendable, Hashable, Comparable {
    let bytes: [UInt8]

    static let maximumLength = 1_024

    var text: String { String(decoding: bytes, as: UTF8.self) }

    static func < (one: ObjectKey, other: ObjectKey) -> Bool { one.bytes.lexicographicallyPrecedes(other.bytes) }
}
