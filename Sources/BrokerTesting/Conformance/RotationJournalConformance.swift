package import KeyRotation
package import Testing

/// What every rotation journal promises while its world is well: the fake and the real ones pass it.
///
/// The journal is empty at first. `reopened` gives the same journal as the next start of the broker sees it; the one before
/// is not used any more.
package func checkConformance(
    of journal: some RotationJournal,
    reopened: () async throws -> any RotationJournal,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let check = JournalCheck(sourceLocation: sourceLocation)
    try await check.startsEmpty(journal)
    try await check.keepsEntries(journal)
    try await check.refusesOtherSequences(journal)
    try await check.tellsHistory(journal)
    try await check.letsOneOfManyWin(journal)
    let (records, events) = (try await journal.latest(), try await journal.history(of: nil, limit: .max))
    for _ in 1...2 {
        let next = try await reopened()
        #expect(try await next.latest() == records, "entries survive", sourceLocation: sourceLocation)
        #expect(
            try await next.history(of: nil, limit: .max) == events,
            "events survive",
            sourceLocation: sourceLocation
        )
        try await check.refusesOtherSequences(next)
    }
}

/// What every rotation journal promises when it cannot write: an error with this code, for people to read, and the content
/// as before.
package func checkFailure(
    of journal: some RotationJournal,
    appending entry: JournalEntry,
    code: JournalError.Code,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let (records, events) = (try await journal.latest(), try await journal.history(of: nil, limit: .max))
    let error = await #expect(throws: JournalError.self, sourceLocation: sourceLocation) {
        try await journal.append(entry)
    }
    #expect(error?.code == code, "\(error?.message ?? "")", sourceLocation: sourceLocation)
    checkWording(error?.message ?? "", sourceLocation)
    #expect(try await journal.latest() == records, "no entry was written", sourceLocation: sourceLocation)
    let left = try await journal.history(of: nil, limit: .max)
    #expect(left == events, "no event was written", sourceLocation: sourceLocation)
}
