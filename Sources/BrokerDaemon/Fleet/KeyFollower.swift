internal import FoundationEssentials
internal import KeyRotation
internal import Logging
internal import Synchronization
internal import TokenBroker

/// Takes the key of one plan that the fleet's leader published, puts it where this machine's consumers find it, and says so to the fleet.
///
/// What it says decides when the old key goes: it says nothing before every place holds the key.
final class KeyFollower: Sendable {
    /// What is known, for whoever asks.
    struct Snapshot: Sendable {
        /// The rotation whose key is in use here; `nil` for none.
        var inUse: RotationID?
        /// Why the published key is not in use here.
        var failure: String?
    }

    let plan: PlanName
    private let sinks: [(name: String, sink: any KeySink)]
    private let feed: any KeyFeed
    private let board: any ConsumerBoard
    private let isSettled: @Sendable (RotationID) -> Bool
    private let mayGiveBack: @Sendable () -> Bool
    private let time: any TimeSource
    private let logger: Logger
    private let snapshotState = Mutex(Snapshot())

    /// How long after a failure it tries again, at first and at most.
    private static let pauses: ClosedRange<Int> = 2...30
    /// How often it looks whether places still hold the key, and tells the fleet again that they do.
    private static let examination: Duration = .seconds(900)

    /// - Parameters:
    ///   - plan: whose key.
    ///   - sinks: the places on this machine, in the order in which they get a new key.
    ///   - feed: has what is published.
    ///   - board: hears what is in use here.
    ///   - isSettled: whether the rotation has ended with its key in use, so that nobody goes back to the one before.
    ///   - mayGiveBack: whether an operator goes back to what was there before.
    ///   - time: the clocks.
    ///   - logger: hears of failures.
    init(
        _ plan: PlanName,
        sinks: [(name: String, sink: any KeySink)],
        feed: any KeyFeed,
        board: any ConsumerBoard,
        isSettled: @escaping @Sendable (RotationID) -> Bool,
        mayGiveBack: @escaping @Sendable () -> Bool,
        time: any TimeSource,
        logger: Logger
    ) {
        (self.plan, self.sinks, self.feed, self.board) = (plan, sinks, feed, board)
        (self.isSettled, self.mayGiveBack, self.time, self.logger) = (isSettled, mayGiveBack, time, logger)
    }

    var snapshot: Snapshot { snapshotState.withLock { $0 } }

    /// What is in place, and what every place said of it.
    private struct Held {
        let revision: Int64
        let prints: [String: KeyRotation.SinkPrint]
        let rotation: RotationID
        var examineAt: Duration
    }

    /// Follows until the task is cancelled.
    func run() async {
        var held: Held?
        var failures = 0
        var isKnown = false
        while !Task.isCancelled {
            do throws(Stop) {
                // Who cannot read what is published is to be waited for, too.
                if !isKnown { try await say(nil) }
                isKnown = true
                try await follow(&held)
                failures = 0
                try await waitForChange(held)
            } catch {
                guard case .failure(let message) = error else { return }
                failures += 1
                tell(message)
                await pause(after: failures)
            }
        }
    }

    private enum Stop: Error {
        case interrupted
        case failure(String)
    }

    private func follow(_ held: inout Held?) async throws(Stop) {
        let published = try await current()
        guard let published else {
            if let had = held {
                guard mayGiveBack() else {
                    throw .failure("nothing is published any more, and nobody rolled back: the key stays where it is")
                }
                try await giveBack(had)
            }
            held = nil
            snapshotState.withLock { $0 = Snapshot() }
            return
        }
        // Revisions begin anew where etcd is restored from a snapshot.
        if let had = held, had.revision == published.revision, had.rotation == published.key.rotation {
            guard time.now.boot >= had.examineAt else { return }
            // A machine that starts anew has an empty /run, and people edit files.
            if try await !holdsAll(had) {
                held = nil
            } else if isSettled(had.rotation) {
                try await forget(had)
            }
        }
        if held?.revision != published.revision || held?.rotation != published.key.rotation {
            held = nil
            held = try await take(published)
        }
        // Until it is said it is due.
        try await say(published.key.rotation)
        held?.examineAt = time.now.boot + Self.examination
        snapshotState.withLock { $0 = Snapshot(inUse: published.key.rotation) }
    }

    private func current() async throws(Stop) -> FedKey? {
        do throws(JournalError) {
            return try await feed.current(plan)
        } catch {
            throw .failure(error.message)
        }
    }

    /// Tells the fleet whose key is in use; `nil` before another one is taken.
    private func say(_ rotation: RotationID?) async throws(Stop) {
        do throws(JournalError) {
            try await board.acknowledge(rotation, of: plan, now: time.now.wall)
        } catch {
            throw .failure(error.message)
        }
    }

    private func take(_ published: FedKey) async throws(Stop) -> Held {
        // Were it cut off with the new key, its last word would be about the old one, to which an operator may go back.
        if snapshot.inUse != published.key.rotation { try await say(nil) }
        var prints: [String: KeyRotation.SinkPrint] = [:]
        for (name, sink) in sinks {
            switch try await perform(.publish(published.key), sink) {
            case .holds(let print): prints[name] = print
            case .differs(let what): throw .failure("\(name) reads back something else: \(what)")
            case .fault(let fault): throw .failure("\(name): \(fault.message)")
            case .done: throw .failure("\(name) did not say what it holds")
            }
        }
        logger.info(
            "Key of the fleet is in use",
            metadata: ["rotation.plan": "\(plan)", "rotation.id": "\(published.key.rotation)"]
        )
        return Held(
            revision: published.revision,
            prints: prints,
            rotation: published.key.rotation,
            examineAt: time.now.boot
        )
    }

    private func holdsAll(_ held: Held) async throws(Stop) -> Bool {
        for (name, sink) in sinks {
            guard let print = held.prints[name] else { return false }
            switch try await perform(.inspect(print), sink) {
            case .holds, .done: continue
            case .differs: return false
            case .fault(let fault): throw .failure("\(name): \(fault.message)")
            }
        }
        return true
    }

    /// Throws away what was kept of the key before.
    private func forget(_ held: Held) async throws(Stop) {
        for (name, sink) in sinks {
            guard let print = held.prints[name] else { continue }
            if case .fault(let fault) = try await perform(.forget(print), sink) {
                throw .failure("\(name): \(fault.message)")
            }
        }
    }

    /// The leader went back to what consumers had before the fleet published anything.
    private func giveBack(_ held: Held) async throws(Stop) {
        for (name, sink) in sinks {
            guard let print = held.prints[name] else { continue }
            switch try await perform(.restore(print), sink) {
            case .holds, .done: continue
            case .differs(let what): throw .failure("\(name) cannot be given back what it had: \(what)")
            case .fault(let fault): throw .failure("\(name): \(fault.message)")
            }
        }
        do throws(JournalError) {
            try await board.withdraw(from: plan)
        } catch {
            throw .failure(error.message)
        }
    }

    private func perform(_ call: SinkCall, _ sink: any KeySink) async throws(Stop) -> SinkAnswer {
        do throws(Interruption) {
            return try await sink.perform(call)
        } catch {
            throw .interrupted
        }
    }

    // MARK: Waiting

    /// Waits for another publication, or for the next examination.
    private func waitForChange(_ held: Held?) async throws(Stop) {
        let end = held?.examineAt ?? time.now.boot + Self.examination
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [feed, plan] in
                do throws(Interruption) {
                    try await feed.change(of: plan, since: held?.revision)
                } catch {
                    // Cancelled: the examination came first, or the daemon stops.
                }
            }
            group.addTask { [time] in
                do {
                    try await time.sleep(until: end)
                } catch {
                    // Cancelled: a change came first, or the daemon stops.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func pause(after failures: Int) async {
        let length = min(Self.pauses.upperBound, Self.pauses.lowerBound << min(failures - 1, 5))
        do {
            try await time.sleep(until: time.now.boot + .seconds(Double(length) * .random(in: 0.5...1)))
        } catch {
            // Cancelled: the daemon stops.
        }
    }

    private func tell(_ message: String) {
        let isNew = snapshotState.withLock { snapshot in
            defer { snapshot.failure = message }
            return snapshot.failure != message
        }
        guard isNew else { return }
        logger.warning(
            "Key of the fleet is not in use here",
            metadata: ["rotation.plan": "\(plan)", "error": "\(message)"]
        )
    }
}
