internal import GRDB

/// How the journal is opened.
enum JournalConnection {
    /// How long to wait for a process that is about to end.
    private static let patience = 1.0

    /// Opens the journal, for this process alone.
    static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = base
        configuration.prepareDatabase { db in
            // Before the log is first looked at: SQLite then keeps the index of the log in its memory, needs no file for it, and
            // locks out every other process until the connection is closed.
            try set("locking_mode", "exclusive", in: db)
            try set("journal_mode", "wal", in: db)
            // What was committed has been through fsync.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // What is deleted is overwritten with zeros.
            try set("secure_delete", "1", in: db)
            // Nothing of a statement goes to a file elsewhere.
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            try db.execute(sql: "PRAGMA cell_size_check = ON")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Writes an empty journal to an empty file.
    static func make(_ path: String) throws {
        let queue = try DatabaseQueue(path: path, configuration: base)
        try JournalSchema.migrator.migrate(queue)
        try queue.close()
    }

    private static var base: Configuration {
        var configuration = Configuration()
        configuration.label = "rotation-journal"
        configuration.busyMode = .timeout(patience)
        configuration.foreignKeysEnabled = true
        return configuration
    }

    /// Sets what SQLite may decline, and answers what it has then.
    private static func set(_ name: String, _ value: String, in db: Database) throws {
        let answer = try String.fetchOne(db, sql: "PRAGMA \(name) = \(value)")
        guard answer == value else {
            throw DatabaseError(
                resultCode: .SQLITE_CANTOPEN,
                message: "\(name) is \(answer ?? "not known") and cannot be set to \(value)"
            )
        }
    }
}
