/// A request with its body, read whole and not yet understood.
struct SimulatorRequest: Sendable {
    let method: String
    /// Segments of the path, percent-decoded.
    ///
    /// Slashes that follow one another count as one, since SDKs double them.
    let segments: [String]
    let query: [FormField]
    /// Header fields with names in lower case.
    let headers: [String: String]
    let body: [UInt8]
    /// Whether the body was larger than ``maximumBody``; then ``body`` is empty.
    let isTooLarge: Bool

    /// The largest request body in bytes.
    static let maximumBody = 256 * 1_024

    init(method: String, target: String, headers: [String: String], body: [UInt8]?) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        segments = (parts.first ?? "").split(separator: "/").map { FormField.decode($0, plusIsSpace: false) }
        query = FormField.parse(parts.count > 1 ? parts[1] : "")
        self.headers = headers
        self.body = body ?? []
        isTooLarge = body == nil
    }

    /// The token of a bearer authorization (RFC 6750 section 2.1).
    var bearer: String? {
        let parts = (headers["authorization"] ?? "").split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}

/// A name and a value of a query, or of a form body.
struct FormField: Sendable {
    let name: String
    let value: String

    /// Reads `application/x-www-form-urlencoded` text.
    static func parse(_ text: Substring) -> [FormField] {
        text.split(separator: "&")
            .map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count > 1 ? decode(parts[1], plusIsSpace: true) : ""
                return FormField(name: decode(parts[0], plusIsSpace: true), value: value)
            }
    }

    /// Undoes percent-encoding; what is not a valid escape stays as it is.
    static func decode(_ text: Substring, plusIsSpace: Bool) -> String {
        var decoded: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let escaped = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                decoded.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}

extension [FormField] {
    /// The first value of `name`.
    subscript(name: String) -> String? { first { $0.name == name }?.value }
}
