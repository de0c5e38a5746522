package import KeyRotation
internal import Synchronization

/// A journal in memory that fails, and at which the process ends, as its script says.
package final class ScriptedJournal: RotationJournal {
    /// Where in an append the script is asked.
    package enum Moment: Sendable, Hashable, CaseIterable {
        /// The entry is accepted, and not written.
        case before
        /// It is written, and the caller does not know yet.
        case after
    }

    /// What happens in an append: a ``JournalError`` is thrown as it is, and any other error ends the process.
    ///
    /// Whether the entry was written is as the moment says.
    package typealias Hook = @Sendable (Moment, JournalEntry) throws -> Void

    private struct State {
        var records: [PlanName: JournalRecord] = [:]
        /// In the order of writing.
        var events: [JournalEvent] = []
        var isEnded = false
        var hook: Hook?
    }

    private let state: Mutex<State>

    /// A journal to which these entries were appended.
    package init(entries: [JournalEntry] = [], onAppend: Hook? = nil) throws(JournalError) {
        var state = State()
        for entry in entries {
            try Self.check(entry, state)
            Self.write(entry, &state)
        }
        state.hook = onAppend
        self.state = Mutex(state)
    }

    private init(_ state: State) {
        self.state = Mutex(state)
    }

    /// The last entries, by the names of their plans.
    package var records: [JournalRecord] {
        state.withLock { $0.records.values.sorted { $0.plan < $1.plan } }
    }

    /// All events, the oldest first.
    package var events: [JournalEvent] { state.withLock { $0.events } }

    /// Whether the process ended in an append: from then on every call fails.
    package var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Puts another script in the place of the one there is.
    package func onAppend(_ hook: Hook?) {
        state.withLock { $0.hook = hook }
    }

    /// The journal as the next start of the process finds it, without a script.
    package func reopened() -> ScriptedJournal {
        var copy = state.withLock { $0 }
        (copy.isEnded, copy.hook) = (false, nil)
        return ScriptedJournal(copy)
    }

    package func latest() async throws(JournalError) -> [JournalRecord] {
        try checkThatItRuns()
        return records
    }

    package func append(_ entry: JournalEntry) async throws(JournalError) {
        // Not under the lock: a hook may look at the journal.
        let hook = state.withLock { $0.hook }
        try checkThatItRuns()
        try check(entry)
        try ask(hook, .before, entry)
        let result: Result<Void, JournalError> = state.withLock { state in
            Result { () throws(JournalError) in
                try Self.check(entry, state)
                Self.write(entry, &state)
            }
        }
        try result.get()
        try ask(hook, .after, entry)
    }

    package func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        try checkThatItRuns()
        return Array(events.reversed().lazy.filter { plan == nil || $0.plan == plan }.prefix(max(0, limit)))
    }

    private func ask(_ hook: Hook?, _ moment: Moment, _ entry: JournalEntry) throws(JournalError) {
        do {
            try hook?(moment, entry)
        } catch let error as JournalError {
            throw error
        } catch {
            state.withLock { $0.isEnded = true }
            throw .ended
        }
    }

    private func checkThatItRuns() throws(JournalError) {
        if isEnded { throw .ended }
    }

    private func check(_ entry: JournalEntry) throws(JournalError) {
        try Self.check(entry, state.withLock { $0 })
    }

    private static func check(_ entry: JournalEntry, _ state: State) throws(JournalError) {
        let last = state.records[entry.plan]?.sequence ?? 0
        guard entry.sequence > 0, entry.sequence - 1 == last else {
            throw JournalError(.conflict, "entry \(entry.sequence) of \(entry.plan) cannot follow entry \(last)")
        }
    }

    private static func write(_ entry: JournalEntry, _ state: inout State) {
        let sealed: [UInt8]? =
            switch entry.sealed {
            case .keep: state.records[entry.plan]?.sealed
            case .store(let box): box
            case .wipe: nil
            }
        state.records[entry.plan] = JournalRecord(
            plan: entry.plan,
            sequence: entry.sequence,
            state: entry.state,
            sealed: sealed
        )
        state.events.append(entry.event)
    }
}

extension JournalError {
    /// What calls of a process get that ended.
    fileprivate static let ended = JournalError(.unavailable, "the process ended in an append to the scripted journal")
}
