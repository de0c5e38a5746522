import FoundationEssentials
import KeyRotation
import Synchronization

/// Nodes that have the key that is to stay in use when they are asked for the second time.
final class LaggingBoard: ConsumerBoard {
    private let journal: any RotationJournal
    private let now: @Sendable () -> Date
    private let asked = Mutex<[RotationID?: Int]>([:])

    /// - Parameters:
    ///   - journal: tells which key that is.
    ///   - now: when the nodes were seen last.
    init(_ journal: any RotationJournal, now: @escaping @Sendable () -> Date) {
        (self.journal, self.now) = (journal, now)
    }

    func consumers(of plan: PlanName) async throws(JournalError) -> [KeyConsumer] {
        let state = try await journal.latest().first { $0.plan == plan }
            .flatMap { try? JSONDecoder().decode(RotationState.self, from: Data($0.state)) }
        let rotation = state?.current?.rotation
        let times = asked.withLock { asked in
            asked[rotation, default: 0] += 1
            return asked[rotation] ?? 0
        }
        let inUse = times > 1 ? rotation : nil
        return ["node-1", "node-2"].compactMap { NodeName(rawValue: $0) }
            .map { KeyConsumer(node: $0, inUse: inUse, since: nil, lastSeen: now(), isLive: true) }
    }

    func acknowledge(_ rotation: RotationID?, of plan: PlanName, now: Date) async throws(JournalError) {}
    func withdraw(from plan: PlanName) async throws(JournalError) {}
}
