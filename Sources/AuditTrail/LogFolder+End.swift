internal import AuditChain
internal import MessageDigests

/// Where and how a chain goes on.
struct ChainEnd {
    /// What the next line follows.
    var head: ChainHead
    /// What an interrupted write left: the hash of the last whole line, and the size of the rest.
    var interrupted: (after: String, bytes: Int)?
    /// Whether the current file lacks a line feed at its end.
    var needsLineFeed = false
    /// `seq` of the first line of the current file.
    var firstSequence: Int?
}

extension LogFolder {
    /// Finds the end of the chain: in the current file, or else in the newest before it.
    func findEnd() throws(AuditFileError) -> ChainEnd {
        let names = try files()
        guard let newest = names.contains(ChainFileName.current) ? ChainFileName.current : names.last else {
            return ChainEnd(head: .start)
        }
        let tail = try tail(of: newest)
        let head: ChainHead
        if let found = tail.head {
            head = found
        } else if let before = names.last(where: { $0 != newest }) {
            // The very first write to the file was interrupted.
            let earlier = try self.tail(of: before)
            guard let found = earlier.head, earlier.broken.isEmpty else { throw notUnderstood(before) }
            head = found
        } else {
            head = .start
        }
        var end = ChainEnd(head: head)
        if newest == ChainFileName.current {
            end.needsLineFeed = tail.isUnterminated
            end.firstSequence = try firstSequence()
        }
        if !tail.broken.isEmpty {
            end.interrupted = (head.hash, tail.broken.count)
            end.head = ChainHead(sequence: head.sequence, hash: try Self.hash(tail.broken))
        }
        return end
    }

    private func tail(of name: String) throws(AuditFileError) -> LogTail {
        let (bytes, isWhole) = try read(name, last: LogTail.window)
        guard let tail = try LogTail(bytes, isWhole: isWhole, hash: Self.hash) else { throw notUnderstood(name) }
        return tail
    }

    private func firstSequence() throws(AuditFileError) -> Int? {
        ChainFolder.firstSequence(try read(ChainFileName.current, first: LineText.maximumSize))
    }

    private func notUnderstood(_ name: String) -> AuditFileError {
        AuditFileError(
            .notUnderstood,
            "the end of \(path)/\(name) is not a line of the audit log, so the chain cannot be continued: find out who "
                + "changed it (iam-broker audit verify), then move the files of the log elsewhere"
        )
    }

    private static func hash(_ bytes: [UInt8]) throws(AuditFileError) -> String {
        do {
            return try SHA256.digest(of: bytes).hexadecimal
        } catch {
            throw .digest(error)
        }
    }
}
