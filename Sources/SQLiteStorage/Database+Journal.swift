internal import FoundationEssentials
internal import GRDB
internal import KeyRotation

/// The statements of the journal; each must run in the transaction of its caller.
extension Database {
    /// The last entries, by the names of their plans.
    func journalRecords(at path: String) throws -> [JournalRecord] {
        try Row.fetchAll(self, sql: "SELECT name, sequence, state, sealed, digest FROM plan ORDER BY name")
            .map { try $0.journalRecord(at: path) }
    }

    func journalRecord(of plan: PlanName, at path: String) throws -> JournalRecord? {
        let sql = "SELECT name, sequence, state, sealed, digest FROM plan WHERE name = ?"
        return try Row.fetchOne(self, sql: sql, arguments: [plan.rawValue])?.journalRecord(at: path)
    }

    /// The events, the newest first.
    func journalEvents(of plan: PlanName?, limit: Int, at path: String) throws -> [JournalEvent] {
        let condition = plan == nil ? "" : "WHERE plan = :plan"
        return
            try Row.fetchAll(
                self,
                sql: "SELECT plan, rotation, at, kind, detail FROM event \(condition) ORDER BY id DESC LIMIT :limit",
                arguments: plan.map { ["plan": $0.rawValue, "limit": limit] } ?? ["limit": limit]
            )
            .map { try $0.journalEvent(at: path) }
    }

    func store(_ record: JournalRecord) throws {
        try execute(
            sql: """
                INSERT INTO plan (name, sequence, state, sealed, digest) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET sequence = excluded.sequence, state = excluded.state, sealed = excluded.sealed, digest = excluded.digest
                """,
            arguments: [
                record.plan.rawValue, record.sequence, Data(record.state), record.sealed.map { Data($0) },
                Data(try record.digest()),
            ]
        )
    }

    /// Adds an event, and removes the oldest of its plan beyond `limit`.
    func add(_ event: JournalEvent, of plan: PlanName, keeping limit: Int) throws {
        try execute(
            sql: "INSERT INTO event (plan, rotation, at, kind, detail) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                plan.rawValue, event.rotation?.rawValue, event.at.timeIntervalSinceReferenceDate, event.kind,
                Data(event.detail.utf8),
            ]
        )
        try execute(
            sql: """
                DELETE FROM event WHERE plan = :plan AND id <=
                (SELECT id FROM event WHERE plan = :plan ORDER BY id DESC LIMIT 1 OFFSET :limit)
                """,
            arguments: ["plan": plan.rawValue, "limit": limit]
        )
    }
}
