internal import KeyRotation
internal import SQLiteStorage

/// The journal on the disk, opened when it is first needed: a disk that is full or missing at start may not be later.
actor StoredJournal: RotationJournal {
    private let folder: String
    private var opened: SQLiteJournal?

    /// - Parameter folder: where it lies.
    init(folder: String) {
        self.folder = folder
    }

    func latest() async throws(JournalError) -> [JournalRecord] { try await journal().latest() }

    func append(_ entry: JournalEntry) async throws(JournalError) { try await journal().append(entry) }

    func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        try await journal().history(of: plan, limit: limit)
    }

    private func journal() async throws(JournalError) -> SQLiteJournal {
        if let opened { return opened }
        let journal = try await SQLiteJournal.open(in: folder)
        // Somebody else may have been as far meanwhile, and one of the two has the lock.
        if let opened { return opened }
        opened = journal
        return journal
    }
}
