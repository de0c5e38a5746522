/// Text made fit for one segment of a path, or for a value of a query (RFC 3986 section 2).
///
/// Everything but letters, digits and `-._~` is escaped, in the one form that AWS signs too.
enum PercentText {
    static func encoded(_ text: String) -> String {
        var form = FormFields()
        form.append(escaping: text)
        return String(decoding: form.encoded, as: UTF8.self)
    }

    /// Parameters in their order, with a question mark in front; `nil` ones are left out.
    static func query(_ parameters: [(name: String, value: String?)]) -> String {
        let pairs = parameters.compactMap { parameter in
            parameter.value.map { "\(encoded(parameter.name))=\(encoded($0))" }
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    /// `nil` for text in which a percent sign stands for nothing, or whose bytes are not UTF-8.
    static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
