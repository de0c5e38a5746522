internal import FoundationEssentials
internal import KeyRotation
internal import MessageDigests

/// What entries and events look like in etcd: readable with `etcdctl`.
///
/// An entry is a line of JSON with what must fit to it, and the state behind it as it is.
enum JournalForm {
    /// The version that this broker writes; it reads no other.
    static let version = 1

    private struct Head: Codable {
        let format: Int
        let sequence: Int
        /// SHA-256 over plan, sequence and state; a sealed value has a tag of its own.
        let digest: String
    }

    private struct EventRecord: Codable {
        let rotation: String?
        /// Seconds since 2001-01-01 UTC, as `Date` counts: no other unit gives back the same instant.
        let at: Double
        let kind: String
        let detail: String
    }

    static func bytes(of record: JournalRecord) throws(JournalError) -> [UInt8] {
        let head = Head(format: version, sequence: record.sequence, digest: try digest(of: record))
        let line: [UInt8]
        do throws(EtcdError) {
            line = try RecordForm.bytes(head)
        } catch {
            throw JournalError(error, "an entry of the plan \(record.plan) cannot be written")
        }
        return line + [UInt8(ascii: "\n")] + record.state
    }

    /// - Throws: ``JournalError`` for what was not written so.
    static func record(
        of plan: PlanName,
        state: EtcdValue,
        sealed: EtcdValue?
    ) throws(JournalError) -> JournalRecord {
        let line = state.bytes.prefix { $0 != UInt8(ascii: "\n") }
        guard line.count < state.bytes.count, let head = RecordForm.value(Head.self, Array(line)) else {
            throw .damaged(state.key, "it is no entry of a journal")
        }
        guard head.format == version else {
            throw JournalError(
                .tooNew,
                "the journal entry \(state.key) in etcd was written by a newer version of the broker: install that version on all nodes; "
                    + "nothing was changed"
            )
        }
        let record = JournalRecord(
            plan: plan,
            sequence: head.sequence,
            state: Array(state.bytes[(line.endIndex + 1)...]),
            sealed: sealed?.bytes
        )
        guard Int64(head.sequence) == state.version else {
            throw .damaged(state.key, "it was written by something else than a broker")
        }
        guard try digest(of: record) == head.digest else { throw .damaged(state.key, "it is not as it was written") }
        return record
    }

    static func bytes(of event: JournalEvent) throws(JournalError) -> [UInt8] {
        do throws(EtcdError) {
            return try RecordForm.bytes(
                EventRecord(
                    rotation: event.rotation?.rawValue,
                    at: event.at.timeIntervalSinceReferenceDate,
                    kind: event.kind,
                    detail: event.detail
                )
            )
        } catch {
            throw JournalError(error, "an event of the plan \(event.plan) cannot be written")
        }
    }

    static func event(of plan: PlanName, _ value: EtcdValue) throws(JournalError) -> JournalEvent {
        guard let record = RecordForm.value(EventRecord.self, value.bytes),
            record.rotation == nil || record.rotation.flatMap(RotationID.init) != nil
        else { throw .damaged(value.key, "it is no event of a journal") }
        return JournalEvent(
            plan: plan,
            rotation: record.rotation.flatMap(RotationID.init),
            at: Date(timeIntervalSinceReferenceDate: record.at),
            kind: record.kind,
            detail: record.detail
        )
    }

    /// Every part has its length before it.
    private static func digest(of record: JournalRecord) throws(JournalError) -> String {
        var bytes: [UInt8] = []
        for part in [Array(record.plan.rawValue.utf8), Array("\(record.sequence)".utf8), record.state] {
            bytes += "\(part.count):".utf8
            bytes += part
        }
        do {
            return try SHA256.digest(of: bytes).hexadecimal
        } catch {
            throw JournalError(.unavailable, "an entry of the plan \(record.plan) cannot be checked: \(error)")
        }
    }
}

extension JournalError {
    /// What is there is not what was written; nobody but an operator may decide what becomes of it.
    static func damaged(_ key: String, _ reason: String) -> JournalError {
        JournalError(
            .corrupt,
            "\(key) in etcd is damaged: \(reason); nothing was changed. Restore etcd from a snapshot, or look up at its service which keys the "
                + "plan has and delete the plan's keys in etcd: the plan begins anew then"
        )
    }
}
