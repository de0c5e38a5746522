import Foundation
import GRDB
import KeyRotation
import SQLiteStorage
import Testing

/// Files that are not, or no longer, what the journal wrote.
@Suite struct JournalDamageTests {
    /// A folder with a journal that has an entry, closed.
    private static func folder() async throws -> JournalFolder {
        let folder = try JournalFolder()
        let journal = try await folder.open()
        try await journal.append(.entry(1, state: Array("the state of a rotation".utf8), .store([1, 2, 3])))
        try await journal.append(.entry(1, plan: "large", state: [UInt8](repeating: 0x77, count: 50_000)))
        try folder.close()
        return folder
    }

    private func expectRefusal(
        _ folder: JournalFolder,
        _ code: JournalError.Code,
        _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try folder.bytes()
        let error = await #expect(throws: JournalError.self, sourceLocation: sourceLocation) {
            try await SQLiteJournal.open(in: folder.state)
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        #expect(error?.message.contains(folder.database) == true, sourceLocation: sourceLocation)
        if code == .corrupt {
            #expect(
                error?.message.contains("mv \(folder.database)* \(folder.state)/damaged/") == true,
                sourceLocation: sourceLocation
            )
        }
        let after = try folder.bytes()
        #expect(after == before, "what is there is as it was", sourceLocation: sourceLocation)
    }

    private func edit(_ folder: JournalFolder, _ change: (inout Data) -> Void) throws {
        let url = URL(filePath: folder.database)
        var bytes = try Data(contentsOf: url)
        change(&bytes)
        let file = try FileHandle(forUpdating: url)
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: bytes)
        try file.close()
    }

    private func execute(_ folder: JournalFolder, _ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test func aFileThatIsNoDatabaseIsLeftAlone() async throws {
        let folder = try await Self.folder()
        try edit(folder) { $0.replaceSubrange(0..<100, with: Data(repeating: 0x2A, count: 100)) }
        try await expectRefusal(folder, .corrupt, "not a database")
    }

    /// For SQLite that is a new database: every plan would begin anew.
    @Test func anEmptyFileIsNoNewJournal() async throws {
        let folder = try await Self.folder()
        try edit(folder) { $0 = Data() }
        try await expectRefusal(folder, .corrupt, "it is empty")
    }

    @Test func aLogWithoutItsDatabaseIsNoNewJournal() async throws {
        let folder = try await Self.folder()
        try FileManager.default.moveItem(atPath: folder.database, toPath: folder.database + "-wal")
        try await expectRefusal(folder, .corrupt, "rotation.db-wal is there")
    }

    @Test func pagesThatAreMissingAreNoticed() async throws {
        let folder = try await Self.folder()
        try edit(folder) { $0 = $0.prefix($0.count / 2) }
        try await expectRefusal(folder, .corrupt, "is damaged")
    }

    @Test func aPageOfZerosIsNoticed() async throws {
        let folder = try await Self.folder()
        try edit(folder) { bytes in
            bytes.replaceSubrange(4_096..<12_288, with: Data(repeating: 0, count: 8_192))
        }
        try await expectRefusal(folder, .corrupt, "is damaged")
    }

    /// To SQLite that is as good a value as any.
    @Test func aStateWithAByteThatChangedIsNotBelieved() async throws {
        let folder = try await Self.folder()
        try edit(folder) { bytes in
            guard let place = bytes.range(of: Data("the state of".utf8)) else {
                Issue.record("the state is not in the file")
                return
            }
            bytes[place.lowerBound] ^= 1
        }
        let journal = try await folder.open()
        for attempt in [{ _ = try await journal.latest() }, { try await journal.append(.entry(2)) }]
            as [() async throws -> Void]
        {
            let error = await #expect(throws: JournalError.self) { try await attempt() }
            #expect(error?.code == .corrupt && error?.message.contains("of the plan keys is not as it was") == true)
        }
    }

    @Test(arguments: [
        "UPDATE plan SET sequence = 2", "UPDATE plan SET sealed = NULL", "UPDATE plan SET sealed = x''",
        "UPDATE plan SET name = 'other' WHERE name = 'large'", "UPDATE plan SET name = 'NO NAME' WHERE name = 'large'",
        "UPDATE plan SET digest = x''",
    ])
    func anEntryThatSomebodyEditedIsNotBelieved(change: String) async throws {
        let folder = try await Self.folder()
        try execute(folder, "PRAGMA foreign_keys = OFF; DELETE FROM event; \(change)")
        let journal = try await folder.open()
        let error = await #expect(throws: JournalError.self) { try await journal.latest() }
        #expect(error?.code == .corrupt)
    }

    @Test func anEventThatSomebodyEditedIsNotBelieved() async throws {
        let folder = try await Self.folder()
        try execute(folder, "UPDATE event SET rotation = 'x'")
        let journal = try await folder.open()
        let error = await #expect(throws: JournalError.self) { try await journal.history(of: nil, limit: 9) }
        #expect(error?.code == .corrupt)
    }

    @Test func eventsOfNoPlanAreNoticed() async throws {
        let folder = try await Self.folder()
        try execute(folder, "PRAGMA foreign_keys = OFF; DELETE FROM plan")
        try await expectRefusal(folder, .corrupt, "events of a plan without an entry")
    }

    @Test func anotherDatabaseIsNotTakenOver() async throws {
        let folder = try await Self.folder()
        try execute(folder, "DROP TABLE grdb_migrations")
        try await expectRefusal(folder, .corrupt, "no journal")
    }

    @Test func theJournalOfANewerVersionIsLeftAlone() async throws {
        let folder = try await Self.folder()
        try execute(folder, "INSERT INTO grdb_migrations VALUES ('v2')")
        try await expectRefusal(folder, .tooNew, "newer version")
    }
}
