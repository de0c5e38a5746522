internal import KeyRotation
internal import SecretFiles

/// Where the journal lies, and whether what lies there can be its.
struct JournalPlace: Sendable {
    static let name = "rotation.db"
    /// What SQLite has beside a database: its log, and what it makes in other modes than ours.
    private static let companions = ["-wal", "-shm", "-journal"]

    private let folder: PrivateFolder
    let path: String

    /// Opens the folder, and makes it when it is missing.
    init(folder: String) throws(JournalError) {
        path = "\(folder)/\(Self.name)"
        do {
            self.folder = try PrivateFolder(folder)
        } catch {
            throw .unsafe(path, error)
        }
    }

    /// Whether there is a journal.
    ///
    /// - Throws: ``JournalError`` when there is something that cannot be one, or that others may have read or written.
    func hasJournal() throws(JournalError) -> Bool {
        var companions: [String] = []
        for suffix in Self.companions where try size(suffix) != nil { companions.append(path + suffix) }
        guard let size = try size("") else {
            guard companions.isEmpty else {
                throw .damaged(path, "it is missing, while \(companions[0]) is there")
            }
            return false
        }
        // SQLite would take it for a new database.
        guard size > 0 else { throw .damaged(path, "it is empty") }
        return true
    }

    private func size(_ suffix: String) throws(JournalError) -> Int? {
        do {
            return try folder.size(of: Self.name + suffix)
        } catch {
            throw .unsafe(path, error)
        }
    }

    /// Makes a journal; one that somebody else made meanwhile is left alone.
    ///
    /// It gets its name when it is complete: an empty file under that name is always damage.
    ///
    /// - Parameter fill: writes an empty journal to the empty file of this path, and closes it.
    /// - Throws: what `fill` throws, and ``JournalError`` when there can be no file.
    func make(_ fill: (String) throws(JournalError) -> Void) throws(JournalError) {
        let temporaryName: String
        do {
            temporaryName = try folder.makeTemporaryFile(for: Self.name)
        } catch {
            throw .unsafe(path, error)
        }
        try fill("\(folder.path)/\(temporaryName)")
        do {
            _ = try folder.adopt(temporaryName, as: Self.name)
        } catch {
            throw .unsafe(path, error)
        }
    }

    /// Removes what killed starts left; for who has the lock of the journal.
    func removeLeftovers() throws(JournalError) {
        do {
            try folder.removeLeftovers(of: Self.name)
        } catch {
            throw .unsafe(path, error)
        }
    }
}
