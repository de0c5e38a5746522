/// The parameters of a request, each at most once.
struct QueryFields: Sendable {
    private let values: [String: String]

    /// Reads a query.
    ///
    /// - Parameters:
    ///   - query: what follows the question mark.
    ///   - known: the names that there are.
    /// - Throws: ``QueryError`` for another name, one that is there twice, and a value that is empty, too long or not plain.
    init(_ query: String, known: Set<String>) throws(QueryError) {
        var values: [String: String] = [:]
        for parameter in query.split(separator: "&") {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard known.contains(name) else {
                throw QueryError(
                    known.isEmpty
                        ? "the request takes no parameters"
                        : "unknown parameter; known are: \(known.sorted().joined(separator: ", "))"
                )
            }
            guard parts.count == 2, let value = Self.decoded(parts[1]), !value.isEmpty else {
                throw QueryError("the parameter '\(name)' has no value that can be read")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw QueryError("the parameter '\(name)' is there twice")
            }
        }
        self.values = values
    }

    subscript(_ name: String) -> String? { values[name] }

    /// A number in decimal digits.
    ///
    /// - Returns: `otherwise` when it is not there; `nil` when it is, and is not such a number.
    func number(_ name: String, in range: ClosedRange<Int>, otherwise: Int) -> Int? {
        guard let text = values[name] else { return otherwise }
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
            range.contains(number)
        else { return nil }
        return number
    }

    /// One of a few words.
    ///
    /// - Returns: `nil` when it is not there, or another.
    func choice<Value>(_ name: String, of choices: [String: Value]) -> Value? { values[name].flatMap { choices[$0] } }

    /// Percent-encoding, of plain characters (RFC 3986 section 2.1).
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let number = UInt8(String(Substring(digits)), radix: 16)
            else { return nil }
            bytes.append(number)
            rest = rest.dropFirst(2)
        }
        guard bytes.count <= 256, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What is wrong with the parameters, for the caller.
struct QueryError: Error, Equatable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
