import Foundation
import KeyRotation
import SQLiteStorage
import Synchronization
import TestFiles
import Testing

/// A folder with a journal, which goes away with this value.
final class JournalFolder: Sendable {
    private let url: URL
    private let isInMemory: Bool
    private let current = Mutex<SQLiteJournal?>(nil)

    /// Those in memory are for tests that write more often than a disk can make durable in their time.
    init(isInMemory: Bool = false) throws {
        self.isInMemory = isInMemory
        let parent = isInMemory ? URL(filePath: "/dev/shm") : FileManager.default.temporaryDirectory
        url = parent.appending(path: "journal-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        do {
            try close()
            // What would stay there for ever is not kept.
            if isInMemory { try FileManager.default.removeItem(at: url) } else { try TestFiles.discard(url) }
        } catch {
            Issue.record("the folder stays: \(error)")
        }
    }

    var state: String { path("state") }
    var database: String { path("state/rotation.db") }

    func path(_ name: String) -> String { url.appending(path: name).path() }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: state).sorted() }

    /// The journal, as the next start of the daemon sees it.
    func open() async throws -> SQLiteJournal {
        try close()
        let journal = try await SQLiteJournal.open(in: state)
        current.withLock { $0 = journal }
        return journal
    }

    func close() throws {
        let journal = current.withLock { journal in
            defer { journal = nil }
            return journal
        }
        try journal?.close()
    }

    /// All that is in the files of the journal.
    func bytes() throws -> Data {
        try names().reduce(into: Data()) { $0 += try Data(contentsOf: URL(filePath: "\(state)/\($1)")) }
    }
}

extension JournalEntry {
    /// An entry of the plan `keys`, unless another is named.
    static func entry(
        _ sequence: Int,
        plan: String = "keys",
        state: [UInt8] = Array("{}".utf8),
        _ sealed: SealedChange = .keep
    ) throws -> JournalEntry {
        let plan = try #require(PlanName(rawValue: plan))
        let event = JournalEvent(
            plan: plan,
            rotation: RotationID(7),
            at: Date(timeIntervalSince1970: 1_788_256_800 + Double(sequence)),
            kind: "created",
            detail: "event \(sequence)"
        )
        return JournalEntry(plan: plan, sequence: sequence, state: state, sealed: sealed, event: event)
    }
}
