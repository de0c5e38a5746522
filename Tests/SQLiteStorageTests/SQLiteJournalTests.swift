import BrokerTesting
import Foundation
import KeyRotation
import SQLiteStorage
import Testing

/// What the journal promises while its disk is well.
@Suite struct SQLiteJournalTests {
    @Test func theDatabaseIsARotationJournal() async throws {
        let folder = try JournalFolder()
        try await checkConformance(of: try await folder.open(), reopened: { try await folder.open() })
    }

    @Test func aPlanKeepsItsLastThousandEventsAndTheStateOfAll() async throws {
        let folder = try JournalFolder(isInMemory: true)
        let journal = try await folder.open()
        try await journal.append(.entry(1, plan: "other"))
        for sequence in 1...(SQLiteJournal.historyLimit + 2) {
            try await journal.append(.entry(sequence))
            guard sequence >= 999 else { continue }
            let count = try await journal.history(of: PlanName(rawValue: "keys"), limit: .max).count
            #expect(count == min(sequence, 1_000))
        }
        let events = try await journal.history(of: PlanName(rawValue: "keys"), limit: .max)
        #expect(events.first?.detail == "event 1002" && events.last?.detail == "event 3")
        #expect(try await journal.history(of: PlanName(rawValue: "other"), limit: .max).count == 1)
        #expect(try await journal.latest().map(\.sequence) == [1_002, 1])
    }

    /// What was begun is finished, so that nobody has to guess what was written.
    @Test func anEntryIsWrittenToItsEndThoughItsCallerIsCancelled() async throws {
        let folder = try JournalFolder()
        let journal = try await folder.open()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await journal.append(.entry(1))
            return try await journal.latest().count
        }
        #expect(try await task.value == 1)
    }

    @Test func aClosedJournalRefusesInsteadOfPretending() async throws {
        let folder = try JournalFolder()
        let journal = try await folder.open()
        try folder.close()
        for attempt in [{ try await journal.append(.entry(1)) }, { _ = try await journal.latest() }]
            as [() async throws -> Void]
        {
            let error = await #expect(throws: JournalError.self) { try await attempt() }
            #expect(error?.code == .unavailable)
        }
    }
}
