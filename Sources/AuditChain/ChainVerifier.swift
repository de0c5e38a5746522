package import MessageDigests

/// Goes along the lines of a log, from the oldest to the newest, and finds where they are not the ones that were written.
///
/// After a fault it goes on from the line at hand, so each change is reported once.
package struct ChainVerifier {
    /// Text that is no line, until the next line tells whether an interrupted write explains it.
    private struct BrokenText {
        var bytes: [UInt8]?
        let position: LinePosition
        let fault: LineFault
    }

    package private(set) var summary = ChainSummary()
    private var broken: BrokenText?
    private var removedThrough: Set<Int> = []
    private let isWholeLog: Bool
    private let expectedHead: ChainHead?
    private var sawExpectedHead = false

    /// - Parameters:
    ///   - isWholeLog: whether the lines should begin with the first one ever, or after files that the log says were removed.
    ///   - expectedHead: a line that must be there, as an earlier verification or the daemon's log named it.
    package init(isWholeLog: Bool = false, expectedHead: ChainHead? = nil) {
        self.isWholeLog = isWholeLog
        self.expectedHead = expectedHead
    }

    /// Takes the next line, without its line feed; `nil` is one longer than ``LineText/maximumSize``.
    package mutating func take(_ bytes: [UInt8]?, at position: LinePosition) throws(DigestError) -> [ChainFault] {
        let line: ChainedLine
        do throws(LineFault) {
            guard let bytes else { throw .tooLong }
            line = try ChainedLine(parsing: bytes)
        } catch {
            keep(bytes, at: position, error)
            return []
        }
        let head = ChainHead(sequence: line.sequence, hash: try SHA256.digest(of: bytes ?? []).hexadecimal)
        defer { summary.count(line, head: head) }
        if let file = line.file, let name = ChainFileName(file) { removedThrough.insert(name.last) }
        var faults = compareWithExpectedHead(head, at: position)
        if let broken {
            self.broken = nil
            if try explains(line, broken) {
                summary.recovered += 1
            } else {
                faults.append(Self.fault(broken))
            }
        } else if let fault = follow(line, at: position) {
            faults.append(fault)
        }
        return faults
    }

    /// Ends the log.
    ///
    /// - Parameter isCut: whether the last text that was taken has no line feed.
    /// - Returns: what is wrong with the log as a whole, or with its end.
    package mutating func finish(lastIsUnterminated isCut: Bool) -> [ChainFault] {
        var faults: [ChainFault] = []
        if let broken {
            if isCut, let bytes = broken.bytes {
                summary.unfinishedBytes = bytes.count
            } else {
                faults.append(Self.fault(broken))
            }
        }
        if isWholeLog, let first = summary.firstSequence, first > 1, !removedThrough.contains(first - 1) {
            let message = "the lines before seq \(first) are missing, and no line says that the broker removed them"
            faults.append(ChainFault(.startMissing, at: nil, message))
        }
        if let expectedHead, !sawExpectedHead {
            let range = summary.head.map { "seq \(summary.firstSequence ?? 0) to \($0.sequence)" } ?? "no line"
            let message = "expected a line with seq \(expectedHead.sequence), found \(range): lines were cut off"
            faults.append(ChainFault(.headMissing, at: nil, message))
        }
        return faults
    }

    // MARK: The chain

    private func follow(_ line: ChainedLine, at position: LinePosition) -> ChainFault? {
        guard let head = summary.head else {
            guard line.sequence == 1, line.previous != ChainHead.start.hash else { return nil }
            return ChainFault(.changed, at: position, "the first line of a chain must have a prev of zeros")
        }
        let expected = head.sequence + 1
        if line.sequence > expected {
            let message = "expected seq \(expected), found \(line.sequence): lines are missing before this one"
            return ChainFault(.gap, at: position, message)
        }
        if line.sequence < expected {
            let message = "expected seq \(expected), found \(line.sequence): the line is out of order or there twice"
            return ChainFault(.outOfOrder, at: position, message)
        }
        guard line.previous != head.hash else { return nil }
        let message = "expected prev \(head.hash), found \(line.previous): this line or the one before it was changed"
        return ChainFault(.changed, at: position, message)
    }

    private mutating func compareWithExpectedHead(_ head: ChainHead, at position: LinePosition) -> [ChainFault] {
        guard let expectedHead, expectedHead.sequence == head.sequence else { return [] }
        sawExpectedHead = true
        guard expectedHead.hash != head.hash else { return [] }
        let message = "expected the SHA-256 \(expectedHead.hash) of the line with this seq, found \(head.hash)"
        return [ChainFault(.headDiffers, at: position, message)]
    }

    // MARK: Interrupted writes

    private mutating func keep(_ bytes: [UInt8]?, at position: LinePosition, _ fault: LineFault) {
        guard let earlier = broken else {
            broken = BrokenText(bytes: bytes, position: position, fault: fault)
            return
        }
        // Several texts in a row, when the line that should explain the first was itself interrupted.
        guard let first = earlier.bytes, let bytes, first.count + bytes.count < LineText.maximumSize else {
            broken?.bytes = nil
            return
        }
        broken?.bytes = first + [UInt8(ascii: "\n")] + bytes
    }

    /// Whether `line` says that an interrupted write left `broken` behind: it names the line before, and covers the text.
    private func explains(_ line: ChainedLine, _ broken: BrokenText) throws(DigestError) -> Bool {
        guard line.event == ChainedLine.recovered, let after = line.after, let bytes = broken.bytes else {
            return false
        }
        if let head = summary.head {
            guard head.sequence + 1 == line.sequence, head.hash == after else { return false }
        } else if line.sequence == 1, after != ChainHead.start.hash {
            return false
        }
        return try SHA256.digest(of: bytes).hexadecimal == line.previous
    }

    private static func fault(_ broken: BrokenText) -> ChainFault {
        ChainFault(.notALine, at: broken.position, "expected a line of the audit log: \(broken.fault)")
    }
}
