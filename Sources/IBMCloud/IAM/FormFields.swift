/// A form of type `application/x-www-form-urlencoded`.
struct FormFields {
    private(set) var encoded: [UInt8] = []

    mutating func append(_ name: String, _ value: String) {
        if !encoded.isEmpty { encoded.append(UInt8(ascii: "&")) }
        append(escaping: name)
        encoded.append(UInt8(ascii: "="))
        append(escaping: value)
    }

    /// Everything but letters, digits and `-._~` is escaped, so a form reader and a URL reader see the same.
    mutating func append(escaping text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 0xF)]]
            }
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}
