internal import NIOCore

/// Recognises the one request that must be answered fast: `GET /v1/token?…` by a well-formed client, complete in one read
/// and without a body.
///
/// This is a recogniser, not a parser: it says yes only to requests every byte of which it knows, and everything else goes
/// to the strict pipeline untouched. So it can never read a request differently from the pipeline's parser.
enum HotRequest {
    /// The parameters of a recognised request, or `nil`.
    static func recognise(_ bytes: ByteBufferView) -> TokenQuery? {
        guard bytes.count <= maximumSize, bytes.starts(with: prefix),
            bytes.suffix(terminator.count).elementsEqual(terminator)
        else { return nil }
        var rest = bytes.dropFirst(prefix.count)
        guard let queryEnd = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let query = rest[..<queryEnd]
        guard query.allSatisfy(isQueryByte) else { return nil }
        rest = rest[queryEnd...]
        guard rest.starts(with: version) else { return nil }
        rest = rest.dropFirst(version.count)
        guard areKnownFields(rest) else { return nil }
        return try? TokenQuery(parsing: String(decoding: query, as: UTF8.self))
    }

    /// Header fields that change nothing about the answer, each at most once, `Host` exactly once, then an empty line.
    private static func areKnownFields(_ fields: ByteBufferView) -> Bool {
        var rest = fields
        var seen: Set<String> = []
        while true {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\r")), rest.index(after: end) < rest.endIndex,
                rest[rest.index(after: end)] == UInt8(ascii: "\n")
            else { return false }
            let line = rest[..<end]
            rest = rest[(end + 2)...]
            if line.isEmpty { return rest.isEmpty && seen.contains("host") }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = line[(colon + 1)...]
            guard harmlessFields.contains(name), seen.insert(name).inserted, value.allSatisfy(isValueByte) else {
                return false
            }
            if name == "connection" {
                let value = String(decoding: value, as: UTF8.self).lowercased()
                guard value == " keep-alive" || value == "keep-alive" else { return false }
            }
        }
    }

    private static func isQueryByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "="), UInt8(ascii: "&"):
            true
        default: false
        }
    }

    private static func isValueByte(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }

    private static let maximumSize = 4_096
    private static let prefix = Array("GET /v1/token?".utf8)
    private static let version = Array(" HTTP/1.1\r\n".utf8)
    private static let terminator = Array("\r\n\r\n".utf8)
    private static let harmlessFields: Set<String> = ["host", "user-agent", "accept", "accept-encoding", "connection"]
}
