internal import AuditChain

/// What a file ends with: the last whole line, and what an interrupted write left after it.
struct LogTail: Equatable {
    /// `nil` when the file holds nothing but what an interrupted write left.
    var head: ChainHead?
    /// What stands after the last whole line, without a line feed at its end.
    var broken: [UInt8]
    /// Whether the file ends without a line feed.
    var isUnterminated: Bool

    /// How much of the end of a file is read: the largest line, and as much again for what may stand after it.
    static let window = 2 * LineText.maximumSize

    /// Reads the end of a file that is not empty; `nil` when it is nothing that a broker writes, even when interrupted.
    ///
    /// - Parameters:
    ///   - end: the last ``window`` bytes, or the whole file.
    ///   - isWhole: whether it is the whole file.
    ///   - hash: computes a SHA-256 in hexadecimal digits.
    /// - Throws: what `hash` throws.
    init?(_ end: [UInt8], isWhole: Bool, hash: ([UInt8]) throws(AuditFileError) -> String) throws(AuditFileError) {
        let lineFeed = UInt8(ascii: "\n")
        isUnterminated = end.last != lineFeed
        var lines = end.split(separator: lineFeed, omittingEmptySubsequences: false)
        if !isUnterminated { lines.removeLast() }
        broken = []
        let first = isWhole ? 0 : 1
        for index in lines.indices.reversed() where index >= first {
            guard let line = try? ChainedLine(parsing: Array(lines[index])) else { continue }
            head = ChainHead(sequence: line.sequence, hash: try hash(Array(lines[index])))
            guard index + 1 < lines.count else { return }
            broken = Array(lines[(index + 1)...].joined(separator: [lineFeed]))
            // An interrupted write does not end with a line feed, nor is it larger than a line.
            guard isUnterminated, broken.count < LineText.maximumSize else { return nil }
            return
        }
        guard isWhole, isUnterminated, lines.count == 1, end.count < LineText.maximumSize else { return nil }
        head = nil
        broken = end
    }
}
