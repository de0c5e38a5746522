import Glibc
import KeyRotation
import Synchronization

/// A journal in memory, at whose writes the process may die: before them, or after them.
final class MortalJournal: RotationJournal, Sendable {
    private struct State {
        var records: [PlanName: JournalRecord] = [:]
        var events: [JournalEvent] = []
        /// Everything that was ever written, to be searched.
        var written: [[UInt8]] = []
    }

    private let deaths: Deaths
    private let state = Mutex(State())

    init(_ deaths: Deaths) {
        self.deaths = deaths
    }

    var events: [JournalEvent] { state.withLock { $0.events } }

    /// Everything that is written down, for a look whether a value is in it.
    var records: [JournalRecord] { state.withLock { Array($0.records.values) } }

    /// Which of these texts was ever written in the clear.
    func leaks(of texts: [String]) -> [String] {
        let written = state.withLock { $0.written }
        return texts.filter { text in
            let text = Array(text.utf8)
            return written.contains { Self.contains($0, text) }
        }
    }

    /// Fast enough to be asked after each of tens of thousands of runs.
    private static func contains(_ bytes: [UInt8], _ text: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            text.withUnsafeBytes { text in
                guard var place = bytes.baseAddress, let wanted = text.baseAddress else { return false }
                let end = place + bytes.count
                while let found = memchr(place, Int32(text[0]), end - place),
                    end - UnsafeRawPointer(found) >= text.count
                {
                    if memcmp(found, wanted, text.count) == 0 { return true }
                    place = UnsafeRawPointer(found) + 1
                }
                return false
            }
        }
    }

    func latest() async throws(JournalError) -> [JournalRecord] { records }

    func append(_ entry: JournalEntry) async throws(JournalError) {
        try die()
        let isNext = state.withLock { state in
            let last = state.records[entry.plan]
            guard entry.sequence == (last?.sequence ?? 0) + 1 else { return false }
            let sealed: [UInt8]? =
                switch entry.sealed {
                case .keep: last?.sealed
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
            state.written += [entry.state, sealed ?? [], Array(entry.event.detail.utf8)]
            return true
        }
        guard isNext else { throw JournalError(.conflict, "somebody else wrote") }
        try die()
    }

    func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        Array(events.reversed().prefix(limit))
    }

    private func die() throws(JournalError) {
        do throws(Interruption) {
            try deaths.pass()
        } catch {
            throw JournalError(.unavailable, "the process is dead")
        }
    }
}
