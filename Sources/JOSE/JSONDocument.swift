/// A JSON text (RFC 8259) that was read strictly: the bytes, and a flat index of the values in them.
///
/// Refused are: anything but UTF-8, duplicate members (compared after unescaping), lone surrogates, bytes after the
/// value, and more depth or size than ``JSONLimits`` allow. Strings and numbers are only decoded when asked for, which
/// is what makes reading a token's claims cheap.
package struct JSONDocument: Sendable {
    let bytes: [UInt8]
    let nodes: [Node]

    /// One value, or one member name, in the order of the text.
    struct Node {
        var kind: Kind
        /// A string with at least one escape, so its bytes are not its value.
        var isEscaped = false
        var start: UInt32
        var end: UInt32
        /// The index of the node that follows this one and everything in it.
        var next: UInt32
    }

    enum Kind: UInt8 {
        case object
        case array
        case string
        case number
        case `true`
        case `false`
        case null
    }

    /// Reads `bytes` whole.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONError) {
        guard bytes.count <= limits.size else { throw .tooLarge }
        self.bytes = bytes
        nodes = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            var parser = JSONParser(buffer, depth: limits.depth)
            return try parser.parse()
        }
    }

    /// Reads `text` whole.
    package init(parsing text: String, limits: JSONLimits = .init()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// The outermost value.
    package var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// How much JSON is read at most.
package struct JSONLimits: Sendable {
    /// Bytes of text.
    package var size: Int
    /// Arrays and objects inside one another; the outermost counts as one.
    package var depth: Int

    package init(size: Int = 16 * 1_024, depth: Int = 16) {
        // Node offsets are 32 bits wide.
        self.size = min(size, Int(Int32.max))
        self.depth = depth
    }
}
