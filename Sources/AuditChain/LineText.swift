package import MessageDigests

/// One line of the log while it is put together: a JSON object whose members are in the order in which they were added.
///
/// Every byte of a line is printable ASCII: all else that a text holds is written as `\u` escapes. So whatever somebody
/// calls his program, a line stays one line, and harmless on a terminal.
package struct LineText {
    /// The largest line that is written or read, in bytes.
    package static let maximumSize = 64 * 1_024
    /// The longest text in a line, in bytes as they are written; what is longer is cut, and says so.
    package static let maximumText = 1_024

    private var bytes: [UInt8] = []
    private let sequence: Int

    /// Begins the line that follows the line `sequence` - 1.
    package init(sequence: Int, time: AuditTime, event: String) {
        self.sequence = sequence
        bytes.reserveCapacity(512)
        bytes.append(UInt8(ascii: "{"))
        add("seq", sequence)
        add("time", time.text)
        add("event", event)
    }

    package mutating func add(_ name: StaticString, _ text: String) {
        addName(name)
        bytes.append(UInt8(ascii: "\""))
        addEscaped(text)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func add(_ name: StaticString, _ number: some BinaryInteger) {
        addName(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Adds the member only when there is something to say.
    package mutating func add(_ name: StaticString, _ text: String?) {
        if let text { add(name, text) }
    }

    /// Adds an object with the members that `body` adds.
    package mutating func add(_ name: StaticString, members body: (inout LineText) -> Void) {
        addName(name)
        bytes.append(UInt8(ascii: "{"))
        body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Ends the line with the hash of what is before it.
    ///
    /// - Returns: the bytes without a line feed, and the head of the chain that ends with them.
    package consuming func finish(after previous: String) throws(DigestError) -> (bytes: [UInt8], head: ChainHead) {
        add("prev", previous)
        bytes.append(UInt8(ascii: "}"))
        return (bytes, ChainHead(sequence: sequence, hash: try SHA256.digest(of: bytes).hexadecimal))
    }

    private mutating func addName(_ name: StaticString) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.description.utf8)
        bytes.append(contentsOf: "\":".utf8)
    }

    private mutating func addEscaped(_ text: String) {
        let end = bytes.count + Self.maximumText
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            let before = bytes.count
            addEscaped(scalar)
            if bytes.count > end {
                bytes.removeLast(bytes.count - before)
                let more = rest.reduce(0) { $0 + UTF8.width($1) }
                bytes.append(contentsOf: "... (\(more) bytes more)".utf8)
                return
            }
            rest = rest.dropFirst()
        }
    }

    private mutating func addEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": bytes.append(contentsOf: #"\""#.utf8)
        case "\\": bytes.append(contentsOf: #"\\"#.utf8)
        case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        default:
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                bytes.append(contentsOf: #"\u"#.utf8)
                for shift in [12, 8, 4, 0] { bytes.append(Self.digit(Int(unit >> shift) & 15)) }
            }
        }
    }

    private static func digit(_ value: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 10 ? 0x30 + value : 0x57 + value)
    }
}
