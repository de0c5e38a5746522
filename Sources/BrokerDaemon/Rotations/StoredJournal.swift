internal import KeyRotation
internal import SQLiteStorage

/// The journal on the disk, opened when it is first needed: a disk that is full or missing at start may not be later.
actor StoredJournal: RotationJournal {
    private let folder: String
    private var opened: SQLiteJournal?
    private var opening: Task<Result<SQLiteJournal, JournalError>, Never>?

    /// - Parameter folder: where it lies.
    init(folder: String) {
        self.folder = folder
    }

    func latest() async throws(JournalError) -> [JournalRecord] { try await journal().latest() }

    func append(_ entry: JournalEntry) async throws(JournalError) { try await journal().append(entry) }

    func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        try await journal().history(of: plan, limit: limit)
    }

    /// Opened once, however many plans ask: one process has it, and one opening at a time.
    private func journal() async throws(JournalError) -> SQLiteJournal {
        if let opened { return opened }
        let task =
            opening
            ?? Task { [folder] in
                // Unstructured: it belongs to all plans that wait for it, so none of them may cancel it.
                await Result { () async throws(JournalError) in try await SQLiteJournal.open(in: folder) }
            }
        opening = task
        let result = await task.value
        // Whoever waited longest may come back when another opening is under way.
        if opening == task { opening = nil }
        let journal = try result.get()
        opened = journal
        return journal
    }
}

extension Result {
    /// What `body` returns or throws.
    fileprivate init(_ body: () async throws(Failure) -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
