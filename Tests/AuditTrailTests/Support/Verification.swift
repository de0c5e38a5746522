import AuditChain

/// What verification says of files in memory.
struct Verification {
    var faults: [ChainFault] = []
    var summary: ChainSummary

    var isValid: Bool { faults.isEmpty }

    init(_ files: [(name: String, bytes: [UInt8])], isWholeLog: Bool = true, expecting head: ChainHead? = nil) throws {
        var verifier = ChainVerifier(isWholeLog: isWholeLog, expectedHead: head)
        var isCut = false
        for (name, bytes) in files {
            var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            isCut = lines.last?.isEmpty == false
            if !isCut { lines.removeLast() }
            for (index, line) in lines.enumerated() {
                faults += try verifier.take(Array(line), at: LinePosition(file: name, line: index + 1))
            }
        }
        faults += verifier.finish(lastIsUnterminated: isCut)
        summary = verifier.summary
    }
}
