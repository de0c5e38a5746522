import BrokerTesting
import Foundation
import Glibc
import KeyRotation
import SQLiteStorage
import Testing

/// Disks that do not take what is written.
@Suite struct JournalDiskTests {
    /// A file must not be written beyond a limit: to SQLite that is an error of the disk.
    @Test func anEntryThatCannotBeWrittenLeavesNothingAndTheNextOneCan() async throws {
        let folder = try JournalFolder()
        let path = folder.state
        await #expect(processExitsWith: .success) { [path = path as String] in
            let journal = try await SQLiteJournal.open(in: path)
            try await journal.append(.entry(1, .store([1, 2, 3])))
            try limitFileSize(60_000)
            let large = try JournalEntry.entry(2, state: [UInt8](repeating: 7, count: 200_000), .wipe)
            for _ in 1...3 { try await checkFailure(of: journal, appending: large, code: .unavailable) }
            try await journal.append(.entry(2, .keep))
            try limitFileSize(nil)
            try await journal.append(.entry(3, state: [UInt8](repeating: 7, count: 200_000), .keep))
            #expect(try await journal.latest().first?.sealed == [1, 2, 3])
            #expect(try await journal.history(of: nil, limit: 9).count == 3)
            try journal.close()
            let reopened = try await SQLiteJournal.open(in: path)
            #expect(try await reopened.latest().first?.sequence == 3)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount"))
    func onAFullDiskNothingIsWrittenUntilThereIsRoomNeedsRoot() async throws {
        try await withMount(options: "size=1m") { folder in
            let journal = try await folder.open()
            try await journal.append(.entry(1, .store([1, 2, 3])))
            try fill("\(folder.state)/other")
            let entry = try JournalEntry.entry(2, state: [UInt8](repeating: 7, count: 100_000))
            for _ in 1...3 { try await checkFailure(of: journal, appending: entry, code: .unavailable) }
            let error = await #expect(throws: JournalError.self) { try await journal.append(entry) }
            #expect(error?.message.contains("\(folder.database) cannot be written: the disk is full") == true)
            // What is there can be read, also after a start.
            #expect(try await folder.open().latest().first?.sealed == [1, 2, 3])
            try FileManager.default.removeItem(atPath: "\(folder.state)/other")
            let reopened = try await folder.open()
            try await reopened.append(entry)
            #expect(try await reopened.latest().first?.sequence == 2)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount"))
    func aDiskWithoutRoomForANewJournalGetsNoneNeedsRoot() async throws {
        try await withMount(options: "size=64k") { folder in
            try fill("\(folder.state)/other")
            let error = await #expect(throws: JournalError.self) { try await folder.open() }
            #expect(error?.code == .unavailable)
            try FileManager.default.removeItem(atPath: "\(folder.state)/other")
            #expect(try await folder.open().latest().isEmpty)
            try folder.close()
            #expect(try folder.names() == ["rotation.db"])
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount"))
    func aDiskThatIsReadOnlyIsSaidToBeNeedsRoot() async throws {
        try await withMount(options: "size=1m") { folder in
            let journal = try await folder.open()
            try await journal.append(.entry(1))
            try folder.close()
            try run("/usr/bin/mount", "-o", "remount,ro", folder.state)
            let error = await #expect(throws: JournalError.self) { try await folder.open() }
            #expect(error?.code == .unavailable && error?.message.contains(folder.database) == true)
            try run("/usr/bin/mount", "-o", "remount,rw", folder.state)
            #expect(try await folder.open().latest().count == 1)
        }
    }

    /// With a file system of its own where the journal lies.
    private func withMount(options: String, _ body: (JournalFolder) async throws -> Void) async throws {
        let folder = try JournalFolder()
        try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: false)
        try run("/usr/bin/mount", "-t", "tmpfs", "-o", "mode=0700,\(options)", "tmpfs", folder.state)
        let result: Result<Void, any Error>
        do { result = .success(try await body(folder)) } catch { result = .failure(error) }
        try folder.close()
        try run("/usr/bin/umount", folder.state)
        try result.get()
    }

    private func fill(_ path: String) throws {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let chunk = [UInt8](repeating: 0x2E, count: 4_096)
        while write(descriptor, chunk, chunk.count) > 0 {}
        #expect(errno == ENOSPC)
    }

    private func run(_ words: String...) throws {
        let process = try Process.run(URL(filePath: words[0]), arguments: Array(words.dropFirst()))
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(words)")
    }
}
