internal import GRDB
internal import KeyRotation
internal import SecretFiles

extension JournalError {
    /// What an error of SQLite, or of the code around it, means for the journal `path`.
    init(_ error: any Error, at path: String) {
        guard let error = error as? DatabaseError else {
            self =
                error as? JournalError
                ?? JournalError(.unavailable, "the rotation journal \(path) cannot be used: \(error)")
            return
        }
        // Neither the statement nor its arguments.
        let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: self = .damaged(path, reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .unavailable,
                "another process has the rotation journal \(path) open, and one alone may: end it; fuser \(path) names it"
            )
        case .SQLITE_FULL:
            self.init(
                .unavailable,
                "the rotation journal \(path) cannot be written: the disk is full, or the file system's quota is used up; "
                    + "make room: the broker goes on by itself then"
            )
        default:
            self.init(
                .unavailable,
                "the rotation journal \(path) cannot be read or written: \(reason) (SQLite "
                    + "\(error.extendedResultCode.rawValue)); see whether the file system is writable, and the kernel's log for "
                    + "errors of the disk"
            )
        }
    }

    /// What is there is not what was written.
    ///
    /// Nobody but an operator may decide what becomes of it: without its journal the broker does not know which keys it made.
    static func damaged(_ path: String, _ reason: String) -> JournalError {
        let aside = path.dropLast(JournalPlace.name.count) + "damaged"
        return JournalError(
            .corrupt,
            "the rotation journal \(path) is damaged: \(reason); nothing was changed. Stop the daemon and keep what is there: "
                + "mkdir \(aside) && mv \(path)* \(aside)/. Then put a copy from a backup in its place, or what can be saved: "
                + "sqlite3 \(aside)/\(JournalPlace.name) .dump | sed 's/^ROLLBACK;.*/COMMIT;/' | sqlite3 \(path) && "
                + "chmod 600 \(path). Without either, a key "
                + "that was made and not yet published is lost, and the keys that plans have must be looked up at their "
                + "services before the daemon starts"
        )
    }

    /// The journal is of a later version of its schema.
    static func newer(_ path: String) -> JournalError {
        JournalError(
            .tooNew,
            "the rotation journal \(path) was written by a newer version of the broker: install that version again; nothing was "
                + "changed"
        )
    }

    /// Its place is not safe, or cannot be used.
    static func unsafe(_ path: String, _ error: SecretFileError) -> JournalError {
        JournalError(.unavailable, "the rotation journal \(path) cannot be used: \(error.message)")
    }
}
