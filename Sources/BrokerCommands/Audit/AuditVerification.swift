internal import AuditChain
internal import MessageDigests

/// What came out of going through the audit log.
struct AuditVerification {
    private(set) var summary = ChainSummary()
    /// The first ones.
    private(set) var faults: [ChainFault] = []
    private(set) var faultCount = 0

    /// How many faults are told one by one.
    static let mostFaults = 100

    var isValid: Bool { faultCount == 0 }

    /// Goes through `files`, a piece at a time.
    init(of files: AuditFiles, expecting head: ChainHead?) throws(CommandFailure) {
        var verifier = ChainVerifier(isWholeLog: files.isWholeLog, expectedHead: head)
        var isUnterminated = false
        for path in files.paths {
            isUnterminated = try take(path, into: &verifier)
        }
        add(verifier.finish(lastIsUnterminated: isUnterminated))
        summary = verifier.summary
    }

    /// - Returns: whether the file ends without a line feed.
    private mutating func take(_ path: String, into verifier: inout ChainVerifier) throws(CommandFailure) -> Bool {
        let file = try InputFile(path: path)
        var splitter = LineSplitter(limit: LineText.maximumSize)
        var chunk = [UInt8](repeating: 0, count: LineText.maximumSize)
        var number = 0
        while true {
            let count = try file.read(into: &chunk)
            guard count > 0 else { break }
            for line in splitter.take(chunk[..<count]) {
                number += 1
                try take(line, at: LinePosition(file: path, line: number), into: &verifier)
            }
        }
        guard let rest = splitter.finish() else { return false }
        try take(rest, at: LinePosition(file: path, line: number + 1), into: &verifier)
        return true
    }

    private mutating func take(
        _ line: LineSplitter.Line,
        at position: LinePosition,
        into verifier: inout ChainVerifier
    ) throws(CommandFailure) {
        do {
            switch line {
            case .text(let bytes): add(try verifier.take(bytes, at: position))
            case .tooLong: add(try verifier.take(nil, at: position))
            }
        } catch {
            throw CommandFailure(.internalFailure, "cannot verify the audit log: \(error)")
        }
    }

    private mutating func add(_ faults: [ChainFault]) {
        faultCount += faults.count
        self.faults += faults.prefix(max(0, Self.mostFaults - self.faults.count))
    }
}
