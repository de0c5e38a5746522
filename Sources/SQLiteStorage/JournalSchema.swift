internal import GRDB
internal import KeyRotation

/// The tables of the journal, and how they came to be.
enum JournalSchema {
    /// A migration that was released is never changed; a change of the tables is another one.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            // `digest` is over the rest of the row: SQLite notices damage to its structure, but not to what it holds.
            try db.execute(
                sql: """
                    CREATE TABLE plan (
                        name TEXT PRIMARY KEY NOT NULL,
                        sequence INTEGER NOT NULL CHECK (sequence > 0),
                        state BLOB NOT NULL,
                        sealed BLOB,
                        digest BLOB NOT NULL
                    ) STRICT;
                    """
            )
            // `at` is in seconds since 2001-01-01 UTC, as `Date` counts: no other unit gives back the same instant.
            // `detail` is UTF-8; as text it would end at its first NUL.
            try db.execute(
                sql: """
                    CREATE TABLE event (
                        id INTEGER PRIMARY KEY NOT NULL,
                        plan TEXT NOT NULL REFERENCES plan (name),
                        rotation TEXT,
                        at REAL NOT NULL,
                        kind TEXT NOT NULL,
                        detail BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX event_of_plan ON event (plan, id);
                    """
            )
        }
        return migrator
    }

    /// Brings the tables to this version.
    ///
    /// - Throws: ``JournalError`` for a file that is no journal, or one of a newer version.
    static func bringUpToDate(_ queue: DatabaseQueue, at path: String) throws {
        let migrator = migrator
        try queue.writeWithoutTransaction { db in
            // Not `quick_check`: the journal is small, and this also compares the index with its table.
            let result = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
            guard result == "ok" else { throw JournalError.damaged(path, result ?? "no answer of integrity_check") }
            guard try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil else {
                throw JournalError.damaged(path, "there are events of a plan without an entry")
            }
            guard try !migrator.hasBeenSuperseded(db) else { throw JournalError.newer(path) }
            guard try !migrator.appliedIdentifiers(db).isEmpty else {
                throw JournalError.damaged(path, "it is a database, but no journal")
            }
        }
        try migrator.migrate(queue)
    }
}
