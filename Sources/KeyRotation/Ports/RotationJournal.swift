package import FoundationEssentials

/// Where it is written down what a rotation is about to do and what it has done.
///
/// An entry that was appended is on the disk, whatever happens to the process or the machine afterwards.
package protocol RotationJournal: Sendable {
    /// The last entry of each plan that has one.
    func latest() async throws(JournalError) -> [JournalRecord]

    /// Writes one entry, all of it or nothing.
    ///
    /// - Throws: ``JournalError``; with ``JournalError/Code/conflict`` somebody else wrote since, and nothing was written.
    func append(_ entry: JournalEntry) async throws(JournalError)

    /// What happened, the newest first.
    ///
    /// - Parameters:
    ///   - plan: of this plan; `nil` for all.
    ///   - limit: how many events at most.
    /// - Returns: the events.
    /// - Throws: ``JournalError``.
    func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent]
}

/// What is known of a plan: where its rotation stands.
package struct JournalRecord: Sendable, Equatable {
    package let plan: PlanName
    /// 1 for the first entry of the plan; one more for each that follows.
    package let sequence: Int
    /// The state as JSON; it holds no secret.
    package let state: [UInt8]
    /// The value of a key between its creation and its publication, sealed; `nil` at all other times.
    package let sealed: [UInt8]?

    package init(plan: PlanName, sequence: Int, state: [UInt8], sealed: [UInt8]?) {
        (self.plan, self.sequence, self.state, self.sealed) = (plan, sequence, state, sealed)
    }
}

/// One change of what is known of a plan.
package struct JournalEntry: Sendable {
    /// What becomes of the sealed value.
    package enum SealedChange: Sendable, Equatable {
        case keep
        case store([UInt8])
        /// Nothing of it may be left on the disk afterwards.
        case wipe
    }

    package let plan: PlanName
    /// One more than the plan's last entry.
    package let sequence: Int
    package let state: [UInt8]
    package let sealed: SealedChange
    /// For the history.
    package let event: JournalEvent

    package init(plan: PlanName, sequence: Int, state: [UInt8], sealed: SealedChange, event: JournalEvent) {
        (self.plan, self.sequence, self.state) = (plan, sequence, state)
        (self.sealed, self.event) = (sealed, event)
    }
}

/// One line of the history; it holds no secret.
package struct JournalEvent: Sendable, Equatable {
    package let plan: PlanName
    package let rotation: RotationID?
    package let at: Date
    /// A stable word, such as `created`.
    package let kind: String
    /// For people.
    package let detail: String

    package init(plan: PlanName, rotation: RotationID?, at: Date, kind: String, detail: String) {
        (self.plan, self.rotation, self.at, self.kind, self.detail) = (plan, rotation, at, kind, detail)
    }
}

/// Why the journal cannot be read or written.
package struct JournalError: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// Somebody else wrote an entry of the plan since it was read.
        case conflict
        /// Another node carries the plan out: this one's term is over.
        case deposed
        /// The disk does not take it, or does not give it back.
        case unavailable
        /// It was read, and is not what was written.
        case corrupt
        /// A newer version of the broker wrote it.
        case tooNew = "too_new"
    }

    package let code: Code
    /// For an operator: what failed, on which file, and what to do next.
    package let message: String

    package init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String { message }
}
