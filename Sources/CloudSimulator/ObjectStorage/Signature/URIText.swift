/// Percent-encoding as Signature Version 4 wants it: everything but RFC 3986's unreserved characters, in upper case.
enum URIText {
    /// Encodes `bytes`, and a slash only if it `escapesSlash`.
    static func encode(_ bytes: some Sequence<UInt8>, escapesSlash: Bool) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if isUnreserved(byte) || (byte == UInt8(ascii: "/") && !escapesSlash) {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Undoes percent-encoding; what is not a valid escape stays as it is.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = value(rest.first), let low = value(rest.dropFirst().first) {
                decoded.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
            }
        }
        return decoded
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func value(_ digit: UInt8?) -> UInt8? {
        switch digit {
        case (UInt8(ascii: "0")...UInt8(ascii: "9"))?: digit.map { $0 - UInt8(ascii: "0") }
        case (UInt8(ascii: "A")...UInt8(ascii: "F"))?: digit.map { $0 - UInt8(ascii: "A") + 10 }
        case (UInt8(ascii: "a")...UInt8(ascii: "f"))?: digit.map { $0 - UInt8(ascii: "a") + 10 }
        default: nil
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
