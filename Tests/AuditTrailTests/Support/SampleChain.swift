import AuditChain

/// Lines of a chain in memory, in two files.
struct SampleChain {
    var lines: [[UInt8]] = []
    private(set) var head = ChainHead.start

    init(count: Int) throws {
        for number in 1...count {
            var line = LineText(sequence: number, time: AuditTime(secondsSince1970: Double(number)), event: "test")
            line.add("text", "line \(number) \"\u{2028}\n")
            try append(line)
        }
    }

    mutating func append(_ line: consuming LineText) throws {
        let (bytes, head) = try line.finish(after: head.hash)
        lines.append(bytes)
        self.head = head
    }

    /// What verification says when the first two lines are in another file than the rest.
    func verify(expecting head: ChainHead? = nil) throws -> Verification {
        let files = [("first", lines.prefix(2)), ("second", lines.dropFirst(2))]
        return try Verification(
            files.map { ($0.0, Array($0.1.map { $0 + [UInt8(ascii: "\n")] }.joined())) },
            expecting: head
        )
    }
}
