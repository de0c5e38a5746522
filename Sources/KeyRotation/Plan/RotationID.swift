/// One replacement of a key, from its start to its end: 16 hexadecimal digits in lower case.
package struct RotationID: Sendable, Hashable, Codable, RawRepresentable {
    package let rawValue: String

    /// `nil` for anything else than 16 hexadecimal digits in lower case.
    package init?(rawValue: String) {
        guard rawValue.utf8.count == 16, rawValue.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.rawValue = rawValue
    }

    /// By 64 bits that nobody else draws.
    package init(_ bits: UInt64) {
        let digits = String(bits, radix: 16)
        rawValue = String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

extension RotationID: CustomStringConvertible {
    package var description: String { rawValue }
}
