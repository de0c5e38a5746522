internal import FoundationEssentials
internal import GRDB
internal import KeyRotation
internal import MessageDigests

/// What rows mean; a row that means nothing is damage.
extension Row {
    func journalRecord(at path: String) throws -> JournalRecord {
        let name: String? = value("name")
        guard let name, let plan = PlanName(rawValue: name), let sequence: Int = value("sequence"),
            let state: Data = value("state"), let digest: Data = value("digest")
        else { throw JournalError.damaged(path, "an entry cannot be read") }
        let sealed: Data? = value("sealed")
        let record = JournalRecord(
            plan: plan,
            sequence: sequence,
            state: Array(state),
            sealed: sealed.map { Array($0) }
        )
        guard try record.digest() == Array(digest) else {
            throw JournalError.damaged(path, "the entry of the plan \(plan) is not as it was written")
        }
        return record
    }

    func journalEvent(at path: String) throws -> JournalEvent {
        let rotation: String? = value("rotation")
        guard let name: String = value("plan"), let plan = PlanName(rawValue: name), let at: Double = value("at"),
            let kind: String = value("kind"), let detail: Data = value("detail"),
            rotation == nil || rotation.flatMap(RotationID.init) != nil
        else { throw JournalError.damaged(path, "an event cannot be read") }
        return JournalEvent(
            plan: plan,
            rotation: rotation.flatMap(RotationID.init),
            at: Date(timeIntervalSinceReferenceDate: at),
            kind: kind,
            detail: String(decoding: detail, as: UTF8.self)
        )
    }

    /// Not by a typed subscript, which ends the process when the value has another type.
    private func value<Value: DatabaseValueConvertible>(_ column: String) -> Value? {
        let value: DatabaseValue? = self[column]
        return value.flatMap { Value.fromDatabaseValue($0) }
    }
}

extension JournalRecord {
    /// Over all of the entry; every part has its length before it.
    func digest() throws(DigestError) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [Array(plan.rawValue.utf8), Array("\(sequence)".utf8), state, sealed ?? []] {
            bytes += "\(part.count):".utf8
            bytes += part
        }
        bytes.append(sealed == nil ? 0 : 1)
        return try SHA256.digest(of: bytes).bytes
    }
}
