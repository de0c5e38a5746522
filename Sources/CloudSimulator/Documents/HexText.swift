/// Bytes as hexadecimal digits.
enum HexText {
    /// Two digits a byte, in lower case.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of `text`; `nil` unless it is an even number of digits in lower case.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let values = text.utf8.compactMap { digits.firstIndex(of: $0).map(UInt8.init) }
        guard values.count == text.utf8.count, values.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    /// The digits of `count` random bytes, from the system's generator, which is one for cryptography on Linux.
    static func random(bytes count: Int) -> String {
        encode((0..<count).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// A new secret: 48 digits, as those of HMAC pairs, so that a search for leaks has one form to look for.
    static func secret() -> String { random(bytes: 24) }

    private static let digits = Array("0123456789abcdef".utf8)
}
