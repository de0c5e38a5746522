/// Base64url without padding (RFC 4648 section 5, as RFC 7515 section 2 narrows it).
///
/// Decoding accepts one spelling of each byte string only: no padding, no white space, no characters of the
/// other alphabet, and unused trailing bits must be zero.
package enum Base64URL {
    /// The bytes that `text` stands for, or `nil` when it is not their canonical spelling.
    package static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0) }
    }

    /// The bytes that `text` stands for, or `nil` when it is not their canonical spelling.
    package static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        // A remainder of one character cannot encode a byte.
        guard text.count % 4 != 1 else { return nil }
        let decodedCount = text.count / 4 * 3 + (text.count % 4 == 0 ? 0 : text.count % 4 - 1)
        var isCanonical = true
        let decoded = [UInt8](unsafeUninitializedCapacity: decodedCount) { output, initialized in
            isCanonical = decode(text, into: output)
            initialized = isCanonical ? decodedCount : 0
        }
        return isCanonical ? decoded : nil
    }

    /// The canonical spelling of `bytes`.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 6 {
                pendingBits -= 6
                encoded.append(alphabet[Int(pending >> pendingBits & 0x3F)])
            }
        }
        if pendingBits > 0 { encoded.append(alphabet[Int(pending << (6 - pendingBits) & 0x3F)]) }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        guard let input = text.baseAddress, let out = output.baseAddress else { return text.isEmpty }
        let values = decodingTable
        let wholeGroups = text.count / 4
        // Invalid characters have the top bit set; one test at the end sees them all.
        var seen: UInt32 = 0
        var read = 0
        var written = 0
        for _ in 0..<wholeGroups {
            let group =
                values[Int(input[read])] << 18 | values[Int(input[read + 1])] << 12
                | values[Int(input[read + 2])] << 6 | values[Int(input[read + 3])]
            seen |=
                values[Int(input[read])] | values[Int(input[read + 1])]
                | values[Int(input[read + 2])] | values[Int(input[read + 3])]
            out[written] = UInt8(truncatingIfNeeded: group >> 16)
            out[written + 1] = UInt8(truncatingIfNeeded: group >> 8)
            out[written + 2] = UInt8(truncatingIfNeeded: group)
            read += 4
            written += 3
        }
        switch text.count - read {
        case 2:
            let first = values[Int(input[read])]
            let second = values[Int(input[read + 1])]
            seen |= first | second
            out[written] = UInt8(truncatingIfNeeded: first << 2 | second >> 4)
            return seen & invalid == 0 && second & 0x0F == 0
        case 3:
            let first = values[Int(input[read])]
            let second = values[Int(input[read + 1])]
            let third = values[Int(input[read + 2])]
            seen |= first | second | third
            out[written] = UInt8(truncatingIfNeeded: first << 2 | second >> 4)
            out[written + 1] = UInt8(truncatingIfNeeded: second << 4 | third >> 2)
            return seen & invalid == 0 && third & 0x03 == 0
        default:
            return seen & invalid == 0
        }
    }

    private static let invalid: UInt32 = 1 << 31
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// `nonisolated(unsafe)`: filled once before its first use, never written again, never freed.
    private nonisolated(unsafe) static let decodingTable: UnsafePointer<UInt32> = {
        let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
        table.initialize(repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt32(value) }
        return UnsafePointer(table)
    }()
}
