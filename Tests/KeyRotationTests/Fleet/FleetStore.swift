import FoundationEssentials
import KeyRotation

/// What an etcd would hold for one plan, and what of it a transaction compares; not the etcd that it is: a model of what is
/// promised by it.
struct FleetStore: Sendable {
    struct Leader: Sendable, Equatable {
        let actor: Actor
        /// The fencing token: the revision at which the leader's key was made.
        let term: Int64
        var leaseEnds: Date
    }

    struct Publication: Sendable {
        let revision: Int64
        let key: PublishedKey
    }

    /// Whether writes compare the leader's key; switched off to see what that is for.
    let isFenced: Bool
    private(set) var revision: Int64 = 0
    private(set) var leader: Leader?
    private(set) var record: JournalRecord?
    private(set) var current: Publication?
    private(set) var previous: Publication?
    private(set) var events: [JournalEvent] = []
    /// What the consumer has said that it has in use.
    var acknowledged: RotationID?
    var lastSeen: Date
    /// Writes of a term that was over.
    private(set) var refused = 0

    static let leaseLength: TimeInterval = 60

    init(isFenced: Bool, now: Date) {
        (self.isFenced, lastSeen) = (isFenced, now)
    }

    // MARK: Leases

    mutating func expire(_ now: Date) {
        if let leader, leader.leaseEnds <= now { self.leader = nil }
    }

    func mayLead(_ now: Date) -> Bool { leader.map { $0.leaseEnds <= now } ?? true }

    mutating func lead(_ actor: Actor, _ now: Date) -> Int64 {
        revision += 1
        leader = Leader(actor: actor, term: revision, leaseEnds: now.addingTimeInterval(Self.leaseLength))
        return revision
    }

    mutating func keepAlive(_ actor: Actor, _ term: Int64, _ now: Date) {
        guard leader?.actor == actor, leader?.term == term else { return }
        leader?.leaseEnds = now.addingTimeInterval(Self.leaseLength)
    }

    mutating func resign(_ term: Int64) {
        if leader?.term == term { leader = nil }
    }

    private mutating func holds(_ term: Int64, _ now: Date) -> Bool {
        expire(now)
        if leader?.term == term { return true }
        refused += 1
        return !isFenced
    }

    // MARK: The journal

    mutating func append(_ entry: JournalEntry, _ term: Int64, _ now: Date) throws(JournalError) {
        guard holds(term, now) else { throw JournalError(.deposed, "another term has begun") }
        // Without a fence the last writer wins, as on a disk that two machines write.
        guard !isFenced || entry.sequence == (record?.sequence ?? 0) + 1 else {
            throw JournalError(.conflict, "entry \(entry.sequence) cannot follow entry \(record?.sequence ?? 0)")
        }
        revision += 1
        let sealed: [UInt8]? =
            switch entry.sealed {
            case .keep: record?.sealed
            case .store(let box): box
            case .wipe: nil
            }
        record = JournalRecord(plan: entry.plan, sequence: entry.sequence, state: entry.state, sealed: sealed)
        events.append(entry.event)
    }

    // MARK: The publication

    /// - Parameters:
    ///   - call: what is asked.
    ///   - seen: the revision of what was published when it was asked: a change compares it.
    ///   - term: of whoever asks.
    ///   - now: the time.
    /// - Returns: the answer.
    mutating func perform(_ call: SinkCall, seen: Int64?, _ term: Int64, _ now: Date) -> SinkAnswer {
        if case .inspect(let print) = call {
            return "\(current?.revision ?? 0)" == print.text ? .holds(print) : .differs("something else is published")
        }
        guard holds(term, now) else { return .fault(SinkFault("another term has begun")) }
        guard !isFenced || current?.revision == seen else {
            return .fault(SinkFault("somebody else changed what is published"))
        }
        switch call {
        case .inspect: break
        case .publish(let key):
            if current?.key.rotation != key.rotation {
                (previous, current) = (current, publication(of: key))
            }
            return .holds(SinkPrint(rotation: key.rotation, text: "\(current?.revision ?? 0)"))
        case .restore(let print):
            if current?.key.rotation == print.rotation, let old = previous {
                (current, previous) = (publication(of: old.key), nil)
            }
            return .holds(SinkPrint(rotation: print.rotation, text: "\(current?.revision ?? 0)"))
        case .forget(let print):
            if current?.key.rotation == print.rotation { previous = nil }
        }
        return .done
    }

    private mutating func publication(of key: PublishedKey) -> Publication {
        revision += 1
        return Publication(revision: revision, key: key)
    }

    /// What was there before the run: a key that is published and used, and what the journal says of it.
    mutating func begin(with key: PublishedKey, _ state: (_ print: SinkPrint) throws -> [UInt8]) rethrows {
        let publication = publication(of: key)
        (current, acknowledged) = (publication, key.rotation)
        let print = SinkPrint(rotation: key.rotation, text: "\(publication.revision)")
        record = JournalRecord(plan: key.plan, sequence: 1, state: try state(print), sealed: nil)
    }
}
