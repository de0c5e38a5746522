import BrokerTesting
import KeyRotation
import Testing

/// The fake keeps the promises of the real one, and breaks off where its script says.
@Suite struct ScriptedJournalTests {
    @Test func theFakeIsARotationJournal() async throws {
        let journal = try ScriptedJournal()
        try await checkConformance(of: journal, reopened: { journal.reopened() })
    }

    @Test(arguments: ScriptedJournal.Moment.allCases)
    func aProcessThatEndsInAnAppendDoesNothingMore(moment: ScriptedJournal.Moment) async throws {
        let journal = try ScriptedJournal(entries: [.entry(1)]) { now, entry in
            if now == moment, entry.sequence == 2 { throw Interruption() }
        }
        await #expect(throws: JournalError.self) { try await journal.append(.entry(2)) }
        #expect(journal.isEnded)
        await #expect(throws: JournalError.self) { try await journal.latest() }
        await #expect(throws: JournalError.self) { try await journal.append(.entry(3)) }
        let next = journal.reopened()
        let last = moment == .before ? 1 : 2
        #expect(try await next.latest().map(\.sequence) == [last])
        #expect(next.events.count == last)
        try await next.append(.entry(last + 1))
        #expect(next.records.first?.sequence == last + 1 && journal.records.first?.sequence == last)
    }

    @Test func anErrorOfTheScriptIsThrownAndTheJournalGoesOn() async throws {
        let journal = try ScriptedJournal { moment, _ in
            if moment == .before { throw JournalError(.unavailable, "the disk is full") }
        }
        try await checkFailure(of: journal, appending: .entry(1), code: .unavailable)
        journal.onAppend(nil)
        try await journal.append(.entry(1))
        #expect(journal.records.count == 1 && !journal.isEnded)
    }
}
