internal import AuditChain
internal import MessageDigests

/// Lines that go to the file with one call.
struct LineBatch {
    private(set) var bytes: [UInt8] = []
    /// The head of the chain once the lines are written.
    private(set) var head: ChainHead
    private(set) var entries = 0

    /// How large a batch grows, in bytes; its last line may exceed it.
    static let size = 256 * 1_024

    init(after head: ChainHead, needsLineFeed: Bool) {
        self.head = head
        if needsLineFeed { bytes.append(UInt8(ascii: "\n")) }
    }

    mutating func append(_ entry: AuditEntry) throws(AuditFileError) {
        do {
            let line = try entry.line(sequence: head.sequence + 1).finish(after: head.hash)
            bytes += line.bytes
            bytes.append(UInt8(ascii: "\n"))
            head = line.head
            entries += 1
        } catch {
            throw .digest(error)
        }
    }
}
