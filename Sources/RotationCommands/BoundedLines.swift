internal import Glibc

/// The lines of standard input, none longer than a limit.
struct BoundedLines {
    enum Line: Equatable {
        case text(String)
        /// Longer than the limit; its bytes were thrown away.
        case tooLong
    }

    private let limit: Int
    private var bytes: [UInt8] = []
    private var isTooLong = false
    private var isOver = false

    /// `limit` counts bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// The next line; `nil` at the end.
    mutating func next() -> Line? {
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                let line = finish(bytes[..<end])
                bytes.removeSubrange(...end)
                return line
            }
            if bytes.count > limit { (bytes, isTooLong) = ([], true) }
            guard !isOver else {
                guard !bytes.isEmpty || isTooLong else { return nil }
                defer { bytes = [] }
                return finish(bytes[...])
            }
            read()
        }
    }

    private mutating func finish(_ line: ArraySlice<UInt8>) -> Line {
        defer { isTooLong = false }
        return isTooLong || line.count > limit ? .tooLong : .text(String(decoding: line, as: UTF8.self))
    }

    private mutating func read() {
        var chunk = [UInt8](repeating: 0, count: 16 * 1_024)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count) }
        if count > 0 {
            bytes += chunk[..<count]
        } else if count == 0 || errno != EINTR {
            isOver = true
        }
    }
}
