import Foundation
import Glibc
import KeyRotation
import SQLiteStorage
import Testing

/// Other processes: those that come while the journal is open, and those that were killed.
@Suite struct JournalProcessTests {
    @Test func asLongAsOneProcessHasTheJournalNoOtherGetsIt() async throws {
        let folder = try JournalFolder()
        let journal = try await folder.open()
        try await journal.append(.entry(1))
        let path = folder.state
        await #expect(processExitsWith: .success) { [path = path as String] in
            let error = await #expect(throws: JournalError.self) { try await SQLiteJournal.open(in: path) }
            #expect(error?.code == .unavailable && error?.message.contains("another process") == true)
        }
        // In the same process, too; and the attempt does not end the lock of the first.
        let error = await #expect(throws: JournalError.self) { try await SQLiteJournal.open(in: path) }
        #expect(error?.code == .unavailable)
        #expect(try use(folder, "INSERT INTO plan VALUES ('x', 1, x'', NULL, x'')") == "database is locked\n")
        #expect(try use(folder, "SELECT * FROM plan") == "database is locked\n")
        try await journal.append(.entry(2))
        try folder.close()
        await #expect(processExitsWith: .success) { [path = path as String] in
            let journal = try await SQLiteJournal.open(in: path)
            #expect(try await journal.latest().first?.sequence == 2)
            try await journal.append(.entry(3))
        }
        #expect(try await folder.open().latest().first?.sequence == 3)
    }

    /// What another program says to a statement.
    private func use(_ folder: JournalFolder, _ sql: String) throws -> String {
        let program = """
            import sqlite3, sys
            try:
                connection = sqlite3.connect(sys.argv[1], timeout=0)
                connection.execute(sys.argv[2]).fetchall()
                connection.commit()
                print("done")
            except sqlite3.OperationalError as error:
                print(error)
            """
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", program, folder.database, sql]
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Starts that race for a new journal: one gets it, the others learn why not, and the journal is whole.
    @Test func ofManyFirstStartsOneGetsTheJournal() async throws {
        let folder = try JournalFolder()
        let path = folder.state
        let journals = await withTaskGroup(of: Result<SQLiteJournal, any Error>.self) { group in
            for _ in 1...6 {
                group.addTask {
                    do { return .success(try await SQLiteJournal.open(in: path)) } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let winners = journals.compactMap { try? $0.get() }
        #expect(winners.count == 1)
        try await winners.first?.append(.entry(1))
        try winners.first?.close()
        #expect(try await folder.open().latest().count == 1)
        try folder.close()
        #expect(try folder.names() == ["rotation.db"])
    }

    /// Whenever it happens: what was acknowledged is there, and the last entry is a whole one.
    @Test func anAcknowledgedEntrySurvivesKill9() async throws {
        let folder = try JournalFolder(isInMemory: true)
        let (path, acknowledged) = (folder.state, folder.path("acknowledged"))
        _ = try await folder.open()
        var entries: [Int] = []
        for _ in 1...12 {
            try folder.close()
            try Data().write(to: URL(filePath: acknowledged))
            let microseconds = Int.random(in: 500...60_000)
            let start = entries.last ?? 0
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    path = path as String, acknowledged = acknowledged as String, start = start as Int,
                    microseconds = microseconds as Int
                ] in
                let journal = try await SQLiteJournal.open(in: path)
                let acknowledgements = open(acknowledged, O_WRONLY | O_APPEND)
                for sequence in (start + 1)... {
                    try await journal.append(.numbered(sequence))
                    guard write(acknowledgements, "x", 1) == 1 else { return }
                    // However slow the machine is, something is written before.
                    if sequence == start + 3 { try killThisProcess(afterMicroseconds: microseconds) }
                }
            }
            let count = try Data(contentsOf: URL(filePath: acknowledged)).count
            let journal = try await folder.open()
            let record = try await journal.latest().first
            let last = record?.sequence ?? 0
            #expect((start + count...start + count + 1).contains(last), "\(count) acknowledged since \(start)")
            entries.append(last)
            guard let record else { continue }
            let expected = try JournalEntry.numbered(last)
            #expect(record.state == expected.state)
            let sealed = last.isMultiple(of: 3) ? nil : try JournalEntry.numbered(last - last % 3 + 1).state
            #expect(record.sealed == sealed)
            let events = try await journal.history(of: nil, limit: .max)
            #expect(events.map(\.detail) == (1...last).suffix(1_000).reversed().map { "event \($0)" })
        }
        #expect((entries.last ?? 0) >= 36, "entries were written between the kills: \(entries)")
    }
}

extension JournalEntry {
    /// An entry that shows whether it is whole: it has a value to be sealed, or keeps or wipes the one before.
    fileprivate static func numbered(_ sequence: Int) throws -> JournalEntry {
        let state = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: 20_000)
        let change: [SealedChange] = [.wipe, .store(state), .keep]
        return try .entry(sequence, state: state, change[sequence % 3])
    }
}

/// Has the kernel kill this process, whatever it is doing then.
private func killThisProcess(afterMicroseconds microseconds: Int) throws {
    var event = sigevent()
    event.sigev_notify = CInt(SIGEV_SIGNAL)
    event.sigev_signo = SIGKILL
    var timer: timer_t?
    try #require(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
    var time = itimerspec()
    time.it_value.tv_nsec = microseconds * 1_000
    try #require(timer_settime(timer, 0, &time, nil) == 0)
}
