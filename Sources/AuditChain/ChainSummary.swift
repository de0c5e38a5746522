/// What was read of a log.
package struct ChainSummary: Sendable, Equatable {
    /// Whole lines of the proper form.
    package var lines = 0
    package var firstSequence: Int?
    package var firstTime: String?
    package var lastTime: String?
    /// The last line.
    package var head: ChainHead?
    /// Texts that an interrupted write left behind, each followed by a line that says so.
    package var recovered = 0
    /// Events that could not be kept, as the log itself says.
    package var lost = 0
    /// Bytes after the last line feed that are no line: a write under way, one that was interrupted, or a file that was cut.
    package var unfinishedBytes = 0

    package init() {}

    mutating func count(_ line: ChainedLine, head: ChainHead) {
        lines += 1
        firstSequence = firstSequence ?? line.sequence
        firstTime = firstTime ?? line.time
        lastTime = line.time
        self.head = head
        lost = lost.addingReportingOverflow(line.count).overflow ? .max : lost + line.count
    }
}
