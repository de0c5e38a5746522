/// Paths of the metadata service below `/metadata/v1/`, such as `instance/volume_attachments`.
///
/// There is one spelling of each: nothing is decoded, folded or resolved. A text in any other form is no path, so no grant
/// can name it and no request for it can match a grant.
package enum MetadataPath {
    /// The segments of `text`: `a-z`, `0-9`, `_` and `-`, none of them empty, 255 bytes in all; else `nil`.
    package static func segments(_ text: String) -> [Substring]? {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy(isAllowed) else { return nil }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        return segments.contains(where: \.isEmpty) ? nil : segments
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "_/-".utf8.contains(byte)
        }
    }
}
