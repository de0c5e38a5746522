/// What a service said, made fit for an error message.
///
/// Services may echo what they were sent, so nothing but short identifiers is passed on.
enum ForeignText {
    /// `text` when it is 1 to 64 characters of `A-Z a-z 0-9 _ . : -`, else `nil`.
    static func identifier(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ isAllowed($0) }) else { return nil }
        return text
    }

    /// `text` when it has the shape of a CRN, else `nil`.
    static func crn(_ text: String?) -> String? {
        guard let text, text.hasPrefix("crn:v1:"), text.utf8.count <= 256,
            text.utf8.allSatisfy({ isAllowed($0) || $0 == UInt8(ascii: "/") })
        else { return nil }
        return text
    }

    /// Whether `text` can stand in a header: a token that cannot be sent is of no use.
    static func isTokenText(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "_.:-".utf8.contains(byte)
        }
    }
}
