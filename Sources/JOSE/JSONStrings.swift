/// The bytes of JSON strings: UTF-8 sequences and escapes.
enum JSONStrings {
    /// The value of a string node whose text the parser accepted.
    static func unescaped(_ input: UnsafeBufferPointer<UInt8>, _ node: JSONDocument.Node) -> [UInt8] {
        let text = UnsafeBufferPointer(rebasing: input[Int(node.start)..<Int(node.end)])
        guard node.isEscaped else { return Array(text) }
        var value: [UInt8] = []
        value.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let byte = text[position]
            guard byte == UInt8(ascii: "\\"), position + 1 < text.count else {
                value.append(byte)
                position += 1
                continue
            }
            let escape = text[position + 1]
            position += 2
            switch escape {
            case UInt8(ascii: "b"): value.append(0x08)
            case UInt8(ascii: "f"): value.append(0x0C)
            case UInt8(ascii: "n"): value.append(0x0A)
            case UInt8(ascii: "r"): value.append(0x0D)
            case UInt8(ascii: "t"): value.append(0x09)
            case UInt8(ascii: "u"):
                let high = UInt32(codeUnit(text, at: position) ?? 0)
                position += 4
                var scalar = high
                if high & 0xFC00 == 0xD800 {
                    let low = UInt32(codeUnit(text, at: position + 2) ?? 0)
                    position += 6
                    scalar = 0x1_0000 + (high & 0x3FF) << 10 + low & 0x3FF
                }
                if let scalar = Unicode.Scalar(scalar) { value.append(contentsOf: Array(String(scalar).utf8)) }
            default: value.append(escape)
            }
        }
        return value
    }

    /// The UTF-16 code unit in four hexadecimal digits.
    static func codeUnit(_ input: UnsafeBufferPointer<UInt8>, at position: Int) -> UInt16? {
        guard position + 4 <= input.count else { return nil }
        var unit: UInt16 = 0
        for offset in 0..<4 {
            let digit: UInt8
            switch input[position + offset] {
            case let byte where byte &- UInt8(ascii: "0") < 10: digit = byte - UInt8(ascii: "0")
            case let byte where (byte | 0x20) &- UInt8(ascii: "a") < 6: digit = (byte | 0x20) - UInt8(ascii: "a") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// The length of the well-formed UTF-8 sequence at `position` (Unicode 15, table 3-7), or `nil`.
    static func sequenceLength(_ input: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
        let lead = input[position]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return nil
        }
        guard position + length <= input.count, second.contains(input[position + 1]) else { return nil }
        for offset in 2..<max(length, 2) where input[position + offset] & 0xC0 != 0x80 { return nil }
        return length
    }
}
