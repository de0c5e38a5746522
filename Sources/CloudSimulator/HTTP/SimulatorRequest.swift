/// A request with its body, read whole and not yet understood.
struct SimulatorRequest: Sendable {
    let method: String
    /// Segments of the path, percent-decoded.
    ///
    /// Slashes that follow one another count as one, since SDKs double them.
    let segments: [String]
    let query: [FormField]
    /// The path and the query as they were sent.
    let rawPath: String
    let rawQuery: String
    /// Header fields in the order they were sent, with names in lower case.
    let fields: [HeaderField]
    /// The last value of each header field, by its name in lower case.
    let headers: [String: String]
    let body: [UInt8]
    /// Whether the body was larger than ``maximumBody``; then ``body`` is empty.
    let isTooLarge: Bool

    /// The largest request body in bytes.
    ///
    /// An object of the largest size, and the framing that may be around it.
    static let maximumBody = ObjectStore.maximumSize + 64 * 1_024

    init(method: String, target: String, fields: [HeaderField], body: [UInt8]?) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        rawPath = String(parts.first ?? "")
        rawQuery = parts.count > 1 ? String(parts[1]) : ""
        segments = rawPath.split(separator: "/").map { FormField.decode($0, plusIsSpace: false) }
        query = FormField.parse(rawQuery[...])
        self.fields = fields
        headers = Dictionary(fields.map { ($0.name, $0.value) }) { _, last in last }
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

/// A header field, with its name in lower case.
struct HeaderField: Sendable {
    let name: String
    let value: String
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
        String(decoding: URIText.decode(text, plusIsSpace: plusIsSpace), as: UTF8.self)
    }
}

extension [FormField] {
    /// The first value of `name`.
    subscript(name: String) -> String? { first { $0.name == name }?.value }
}
