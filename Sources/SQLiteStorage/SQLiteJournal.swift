internal import Dispatch
internal import GRDB
package import KeyRotation
internal import Synchronization

/// The journal of one machine: `rotation.db` in the folder that the configuration calls `state`, a database of SQLite.
///
/// One process at a time has it open. Everything happens on a queue of its own, one call after the other, and to its end
/// also when the task of the caller is cancelled.
package final class SQLiteJournal: RotationJournal {
    /// How many events of a plan are kept.
    package static let historyLimit = 1_000

    private let path: String
    private let queue: DatabaseQueue
    /// Whether the log may hold what was sealed and shall be gone.
    private let isWipeDue = Mutex(true)

    /// Opens the journal, and makes it when there is none.
    ///
    /// What is there is never replaced or repaired: see ``JournalError/Code/corrupt``.
    ///
    /// - Parameter folder: the folder, which is made when it is missing.
    /// - Returns: the journal, which nobody else can open until ``close()``, or the end of the process.
    /// - Throws: ``JournalError`` for a place that is not safe, a journal that another process has open, one that is damaged or of a
    ///   newer version, and a disk that fails.
    package static func open(in folder: String) async throws(JournalError) -> SQLiteJournal {
        let result: Result<SQLiteJournal, JournalError> = await withCheckedContinuation { continuation in
            DispatchQueue.global()
                .async {
                    continuation.resume(
                        returning: Result { () throws(JournalError) in try SQLiteJournal(folder: folder) }
                    )
                }
        }
        return try result.get()
    }

    private init(folder: String) throws(JournalError) {
        let place = try JournalPlace(folder: folder)
        path = place.path
        if try !place.hasJournal() {
            try place.make { path throws(JournalError) in
                do { try JournalConnection.make(path) } catch { throw JournalError(error, at: place.path) }
            }
        }
        do {
            queue = try JournalConnection.open(path)
            try JournalSchema.bringUpToDate(queue, at: path)
        } catch {
            throw JournalError(error, at: path)
        }
        try place.removeLeftovers()
        // A process that was killed may not have come to it. If it fails now, the next append tries again and says so.
        try? queue.writeWithoutTransaction { try finishWipe($0) }
    }

    /// Lets another process open the journal.
    ///
    /// Calls that come afterwards fail.
    package func close() throws(JournalError) {
        do { try queue.close() } catch { throw JournalError(error, at: path) }
    }

    package func latest() async throws(JournalError) -> [JournalRecord] {
        try await perform { [path] db in try db.journalRecords(at: path) }
    }

    package func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        // For SQLite a negative limit is none.
        try await perform { [path] db in try db.journalEvents(of: plan, limit: max(0, limit), at: path) }
    }

    /// Writes one entry, all of it or nothing.
    ///
    /// A wipe has two parts: the entry, in which the value is overwritten, and then the log, which is emptied. When the second fails
    /// the entry is written nevertheless, and so this returns; the next append begins with it, and if it still fails, throws
    /// and writes nothing. The same holds after a start.
    ///
    /// - Throws: ``JournalError``. With ``JournalError/Code/unavailable`` nothing was written for this process; when the disk failed at
    ///   the very end, the next start may find the entry, whole.
    package func append(_ entry: JournalEntry) async throws(JournalError) {
        try await perform { [self] db in
            try finishWipe(db)
            var isWipe = false
            try db.inTransaction(.immediate) {
                isWipe = try write(entry, db)
                return .commit
            }
            guard isWipe else { return }
            isWipeDue.withLock { $0 = true }
            // The entry is on the disk, and to say otherwise would be wrong. It stays due.
            try? finishWipe(db)
        }
    }

    /// - Returns: whether a sealed value went.
    private func write(_ entry: JournalEntry, _ db: Database) throws -> Bool {
        let last = try db.journalRecord(of: entry.plan, at: path)
        guard entry.sequence > 0, entry.sequence - 1 == last?.sequence ?? 0 else {
            throw JournalError(
                .conflict,
                "the plan \(entry.plan) has \(last?.sequence ?? 0) entries in the rotation journal \(path), so entry \(entry.sequence) "
                    + "cannot follow: somebody else wrote since it was read"
            )
        }
        let sealed: [UInt8]? =
            switch entry.sealed {
            case .keep: last?.sealed
            case .store(let box): box
            case .wipe: nil
            }
        try db.store(JournalRecord(plan: entry.plan, sequence: entry.sequence, state: entry.state, sealed: sealed))
        try db.add(entry.event, of: entry.plan, keeping: Self.historyLimit)
        return last?.sealed != nil && sealed != last?.sealed
    }

    /// Empties the log, in which earlier contents of the database are.
    private func finishWipe(_ db: Database) throws {
        guard isWipeDue.withLock({ $0 }) else { return }
        try db.checkpoint(.truncate)
        isWipeDue.withLock { $0 = false }
    }

    /// Runs `body` on the queue of the database.
    ///
    /// Not by the library's `async` calls: these break off when the task is cancelled, and then nobody knows what was written.
    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        let result: Result<Value, JournalError> = await withCheckedContinuation { [path] continuation in
            queue.asyncWriteWithoutTransaction { db in
                let result = Result { try body(db) }
                continuation.resume(returning: result.mapError { JournalError($0, at: path) })
            }
        }
        return try result.get()
    }
}
