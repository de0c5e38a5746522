import Foundation
import Glibc
import KeyRotation
import SQLiteStorage
import Testing

/// Where the journal may lie, and who else may come near.
@Suite struct JournalPlaceTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    private func expectRefusal(
        _ folder: JournalFolder,
        _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await #expect(throws: JournalError.self, sourceLocation: sourceLocation) {
            try await SQLiteJournal.open(in: folder.state)
        }
        #expect(error?.code == .unavailable, sourceLocation: sourceLocation)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
    }

    @Test func folderAndFilesAreForTheDaemonAlone() async throws {
        let folder = try JournalFolder()
        let journal = try await folder.open()
        try await journal.append(.entry(1))
        #expect(try mode(folder.state) == 0o700)
        #expect(try folder.names() == ["rotation.db", "rotation.db-wal"])
        for name in try folder.names() { #expect(try mode("\(folder.state)/\(name)") == 0o600) }
        try folder.close()
        #expect(try folder.names() == ["rotation.db"])
    }

    @Test(arguments: ["", "-wal", "-shm", "-journal"])
    func linksAreRefusedAndWhatTheyLeadToIsLeftAlone(suffix: String) async throws {
        let folder = try JournalFolder()
        _ = try await folder.open()
        try folder.close()
        let (path, elsewhere) = (folder.database + suffix, folder.path("elsewhere"))
        if suffix.isEmpty { try FileManager.default.moveItem(atPath: path, toPath: elsewhere) }
        if !suffix.isEmpty { try Data("precious".utf8).write(to: URL(filePath: elsewhere)) }
        let before = try Data(contentsOf: URL(filePath: elsewhere))
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: elsewhere)
        await expectRefusal(folder, "\(path) is a symbolic link")
        #expect(try Data(contentsOf: URL(filePath: elsewhere)) == before)
    }

    @Test func aFolderThatIsALinkIsRefused() async throws {
        let folder = try JournalFolder()
        try FileManager.default.createDirectory(atPath: folder.path("real"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: folder.state, withDestinationPath: folder.path("real"))
        await expectRefusal(folder, "is a symbolic link")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("real")).isEmpty)
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602])
    func aFileThatOthersMayReadOrWriteIsRefused(mode: mode_t) async throws {
        let folder = try JournalFolder()
        _ = try await folder.open()
        try folder.close()
        #expect(chmod(folder.database, mode) == 0)
        await expectRefusal(folder, "chmod 600 \(folder.database)")
    }

    @Test(arguments: [0o770, 0o707, 0o1777])
    func aFolderThatOthersMayWriteToIsRefused(mode: mode_t) async throws {
        let folder = try JournalFolder()
        _ = try await folder.open()
        try folder.close()
        #expect(chmod(folder.state, mode) == 0)
        await expectRefusal(folder, "others may")
    }

    @Test func whatIsNoFileIsRefused() async throws {
        let folder = try JournalFolder()
        try FileManager.default.createDirectory(atPath: folder.database, withIntermediateDirectories: true)
        await expectRefusal(folder, "is not a file")
    }

    @Test func aFolderThatCannotBeMadeIsNamed() async throws {
        let folder = try JournalFolder()
        await #expect(throws: JournalError.self) { try await SQLiteJournal.open(in: folder.path("missing/state")) }
        try Data().write(to: URL(filePath: folder.state))
        await expectRefusal(folder, "\(folder.state) is a symbolic link or no folder")
    }

    @Test(.enabled(if: getuid() == 0, "only root can give files away"))
    func aFileOfAnotherUserIsRefusedNeedsRoot() async throws {
        let folder = try JournalFolder()
        _ = try await folder.open()
        try folder.close()
        #expect(chown(folder.database, 1, 1) == 0)
        await expectRefusal(folder, "belongs to uid 1")
    }

    @Test func whatAKilledStartLeftIsTakenAway() async throws {
        let folder = try JournalFolder()
        _ = try await folder.open()
        try folder.close()
        for name in [".rotation.db.iam-broker-1f", ".rotation.db.iam-broker-1f-journal"] {
            try Data("SQLite".utf8).write(to: URL(filePath: "\(folder.state)/\(name)"))
        }
        _ = try await folder.open()
        try folder.close()
        #expect(try folder.names() == ["rotation.db"])
    }
}
