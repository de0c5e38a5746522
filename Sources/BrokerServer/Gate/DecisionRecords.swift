internal import AccessPolicy
internal import FoundationEssentials
internal import Synchronization
internal import TokenBroker

/// Keeps refusals for an hour, so that somebody can ask why.
///
/// The same question answered in the same way is one record. What a user can fill is bounded, so that nobody can push out
/// the records of the others.
final class DecisionRecords: Sendable {
    private struct Question: Hashable {
        let workload: Workload?
        let userID: UInt32
        let profile: ProfileName?
        let refusal: Refusal
        let generation: UInt64
    }

    private struct Kept {
        var record: DecisionRecord
        let question: Question
        /// Of the last time it was asked: whoever gets the ID can use it for an hour from then.
        var last: Duration
        var lastDue: Duration
    }

    private struct Protected {
        var records: [String: Kept] = [:]
        var ids: [Question: String] = [:]
        /// The IDs of each user's records, the oldest first.
        var order: [UInt32: [String]] = [:]
    }

    private let time: any TimeSource
    private let protected = Mutex(Protected())
    private static let life: Duration = .seconds(3_600)
    /// The same refusal is written down so often at most.
    private static let interval: Duration = .seconds(60)
    private let limit: Int
    private let limitPerUser: Int

    init(time: any TimeSource, limit: Int = 8_192, limitPerUser: Int = 256) {
        self.time = time
        self.limit = limit
        self.limitPerUser = limitPerUser
    }

    /// Takes note of a refusal.
    ///
    /// - Returns: the record, and whether it is due to be written down: it is new, or was not written for a minute.
    func note(
        _ refusal: Refusal,
        workload: Workload?,
        userID: UInt32,
        profile: ProfileName?,
        generation: UInt64
    ) -> (record: DecisionRecord, isDue: Bool) {
        let now = time.now
        let question = Question(
            workload: workload,
            userID: userID,
            profile: profile,
            refusal: refusal,
            generation: generation
        )
        return protected.withLock { protected in
            Self.removeExpired(&protected, userID, now: now.boot)
            if let id = protected.ids[question], var kept = protected.records[id] {
                kept.record.count &+= 1
                kept.record.lastAt = now.wall
                kept.last = now.boot
                let isDue = now.boot - kept.lastDue >= Self.interval
                if isDue { kept.lastDue = now.boot }
                protected.records[id] = kept
                Self.moveToEnd(&protected, id, of: userID)
                return (kept.record, isDue)
            }
            let record = DecisionRecord(
                id: Self.newID(),
                workload: workload,
                profile: profile,
                refusal: refusal,
                generation: generation,
                firstAt: now.wall,
                lastAt: now.wall
            )
            makeRoom(&protected, for: userID)
            protected.records[record.id] = Kept(record: record, question: question, last: now.boot, lastDue: now.boot)
            protected.ids[question] = record.id
            protected.order[userID, default: []].append(record.id)
            return (record, true)
        }
    }

    /// The record of that ID, for an hour.
    func record(_ id: String) -> DecisionRecord? {
        let now = time.now.boot
        return protected.withLock { protected in
            guard let kept = protected.records[id], now - kept.last < Self.life else { return nil }
            return kept.record
        }
    }

    /// The records that were asked for last, of all users, the newest first.
    func newest(_ count: Int) -> [(record: DecisionRecord, userID: UInt32)] {
        let now = time.now.boot
        let kept = protected.withLock { protected in protected.records.values.filter { now - $0.last < Self.life } }
        // Of two at the same time the ID decides, so that they keep their places.
        return kept.sorted { ($0.last, $0.record.id) > ($1.last, $1.record.id) }.prefix(count)
            .map { ($0.record, $0.question.userID) }
    }

    private func makeRoom(_ protected: inout Protected, for userID: UInt32) {
        if protected.order[userID, default: []].count >= limitPerUser { Self.removeOldest(&protected, of: userID) }
        guard protected.records.count >= limit,
            let greediest = protected.order.max(by: { $0.value.count < $1.value.count })?.key
        else { return }
        Self.removeOldest(&protected, of: greediest)
    }

    private static func removeExpired(_ protected: inout Protected, _ userID: UInt32, now: Duration) {
        while let id = protected.order[userID]?.first, let kept = protected.records[id], now - kept.last >= life {
            removeOldest(&protected, of: userID)
        }
    }

    /// The order is that of the last time; 256 IDs at most are looked at.
    private static func moveToEnd(_ protected: inout Protected, _ id: String, of userID: UInt32) {
        guard protected.order[userID]?.last != id else { return }
        protected.order[userID]?.removeAll { $0 == id }
        protected.order[userID]?.append(id)
    }

    private static func removeOldest(_ protected: inout Protected, of userID: UInt32) {
        guard var ids = protected.order[userID], !ids.isEmpty else { return }
        let id = ids.removeFirst()
        protected.order[userID] = ids.isEmpty ? nil : ids
        if let kept = protected.records.removeValue(forKey: id) { protected.ids[kept.question] = nil }
    }

    private static func newID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
