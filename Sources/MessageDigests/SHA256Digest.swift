/// 32 bytes that stand for a content (FIPS 180-4).
package struct SHA256Digest: Sendable, Hashable {
    package let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// 64 hexadecimal digits in lower case.
    package var hexadecimal: String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        let digits = Array("0123456789abcdef".utf8)
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
