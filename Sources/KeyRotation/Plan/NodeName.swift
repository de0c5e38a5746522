/// What a fleet calls one of its machines.
///
/// 1 to 63 characters: lower-case letters, digits, `-` and `.`, a letter or a digit first; so it is a part of an etcd key and of a line for people
/// as it is.
package struct NodeName: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String
    package var description: String { rawValue }

    /// The name, if it is one.
    package init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard (1...63).contains(bytes.count), bytes.first.map(Self.isAlphanumeric) == true,
            bytes.allSatisfy({ Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else { return nil }
        self.rawValue = rawValue
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension NodeName: Comparable {
    package static func < (left: NodeName, right: NodeName) -> Bool { left.rawValue < right.rawValue }
}
