/// What a text would cost the YAML parser, estimated before it is parsed.
struct DocumentShape {
    /// 10,000 grants have 300,000 at most.
    ///
    /// Each costs the parser some 150 bytes.
    static let mostElements = 1_000_000
    /// More brackets than are open in any document of ours: the parser's work for each element grows with them.
    static let deepest = 64

    /// At least half of the elements that the parser would make.
    private(set) var elements = 0
    /// The line on which too many brackets are open.
    private(set) var deepLine: Int?
    /// The line on which a directive stands: no document of ours needs one, and many cost the parser time without bound.
    private(set) var directiveLine: Int?

    /// Looks at `text` byte by byte, also at what stands in comments and quotes.
    init(_ text: String) {
        var (depth, line) = (0, 1)
        var last: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                elements += 1
            case UInt8(ascii: "%"):
                if last == UInt8(ascii: "\n") || last == 0, directiveLine == nil { directiveLine = line }
            case UInt8(ascii: ","):
                elements += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                elements += 1
                depth += 1
                if depth > Self.deepest, deepLine == nil { deepLine = line }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth = max(0, depth - 1)
            case 0x20, 0x09:
                // Entries of block lists and mappings can stand behind each other on a line.
                if last == UInt8(ascii: "-") || last == UInt8(ascii: "?") { elements += 1 }
            default: break
            }
            last = byte
        }
    }
}
