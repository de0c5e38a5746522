/// Cuts a stream of bytes into lines, of which none takes more memory than a limit allows.
struct LineSplitter {
    /// Bytes of one line at most, without the line feed.
    let limit: Int
    private var pending: [UInt8] = []
    private var isTooLong = false

    enum Line: Sendable, Equatable {
        case text([UInt8])
        case tooLong
    }

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next bytes of the stream.
    ///
    /// - Returns: the lines that end in them.
    mutating func take(_ chunk: ArraySlice<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = chunk
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            collect(rest[..<end])
            lines.append(finishLine())
            rest = rest[(end + 1)...]
        }
        collect(rest)
        return lines
    }

    /// The last line, when the stream does not end with a line feed.
    mutating func finish() -> Line? {
        pending.isEmpty && !isTooLong ? nil : finishLine()
    }

    private mutating func collect(_ bytes: ArraySlice<UInt8>) {
        guard !isTooLong, bytes.count <= limit - pending.count else {
            isTooLong = true
            pending = []
            return
        }
        pending.append(contentsOf: bytes)
    }

    private mutating func finishLine() -> Line {
        defer {
            pending.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        return isTooLong ? .tooLong : .text(pending)
    }
}
