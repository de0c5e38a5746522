/// The local name of a trusted profile: what configuration, grants and workloads call it.
///
/// It starts with a letter or digit and goes on with letters, digits, `.`, `_` and `-`, 64 characters at most, all ASCII.
/// So it can stand in a URL, a file name and a log line as it is.
package struct ProfileName: Sendable, Hashable {
    package let rawValue: String

    /// `nil` when `text` is not such a name.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 64, Self.isAlphanumeric(first),
            bytes.allSatisfy({ Self.isAlphanumeric($0) || ".-_".utf8.contains($0) })
        else { return nil }
        rawValue = text
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

extension ProfileName: CustomStringConvertible {
    package var description: String { rawValue }
}
