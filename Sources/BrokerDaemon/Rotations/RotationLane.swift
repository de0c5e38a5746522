internal import FoundationEssentials
internal import KeyRotation
internal import Synchronization
internal import TokenBroker

/// Carries out one plan for as long as the daemon runs and this node leads it, and what operators order meanwhile.
final class RotationLane: Sendable {
    /// What is known of the plan, for whoever asks.
    struct Snapshot: Sendable {
        var state: RotationState
        /// When something is to be done next.
        var nextAt: Date?
        /// Why the journal cannot be read or written; nothing is done then.
        var journalFailure: String?
        /// The nodes whose word is waited for.
        var awaited: [KeyConsumer] = []
    }

    private struct Waiting {
        let order: RotationOrder
        let answer: CheckedContinuation<RotationOrder.Answer, Never>
    }

    private struct Protected {
        var snapshot: Snapshot
        var orders: [Waiting] = []
        /// Whether orders are carried out here.
        var isLeading = false
        var isOver = false
    }

    let plan: RotationPlan
    let machine: RotationMachine
    let issuer: any KeyIssuer
    /// By their names.
    let sinks: [String: any KeySink]
    private let world: RotationDriver.Surroundings
    private let leadership: any RotationLeadership
    /// What the fleet calls this node; `nil` on a machine of its own.
    private let node: NodeName?
    private let longestCall: Duration
    private let time: any TimeSource
    private let signal = RenewalSignal()
    private let protected: Mutex<Protected>

    private static let mostOrders = 16
    /// How long a journal that failed is left alone.
    private static let journalPause: Duration = .seconds(15)
    /// How often it is looked whether sinks still hold the key.
    private static let examination: Duration = .seconds(3_600)
    /// The same when it could not be found out: after a start, a folder may not be there yet.
    private static let soonExamination: Duration = .seconds(60)
    /// Steps without a rest between them.
    ///
    /// What goes on for longer goes in circles, and must not flood a service and the journal.
    private static let mostSteps = 64
    private static let breath: Duration = .seconds(1)
    /// The clock on the wall is looked at now and then, whatever it said before.
    private static let longestSleep: TimeInterval = 3_600

    /// How often a node that does not lead looks where the plan stands.
    private static let look: Duration = .seconds(15)
    /// How long after the end of its term a node tries to lead again.
    private static let respite: Duration = .seconds(1)

    /// - Parameters:
    ///   - plan: what is carried out.
    ///   - machine: decides.
    ///   - world: its journal is only read where there is a fleet.
    ///   - leadership: decides which node carries the plan out; its terms have the journal that is written.
    ///   - node: what the fleet calls this node; `nil` on a machine of its own.
    ///   - longestCall: for how long a term must surely last when a call begins that changes something.
    ///   - time: the clocks.
    init(
        _ plan: RotationPlan,
        _ machine: RotationMachine,
        _ world: RotationDriver.Surroundings,
        leadership: any RotationLeadership,
        node: NodeName? = nil,
        longestCall: Duration = RotationDriver.Surroundings.longestCall,
        time: any TimeSource
    ) {
        (self.plan, self.machine, self.world, self.time) = (plan, machine, world, time)
        (self.leadership, self.node, self.longestCall) = (leadership, node, longestCall)
        (issuer, sinks) = (world.issuer, world.sinks)
        let state = RotationState(plan: plan.name, firstSeen: world.now())
        protected = Mutex(Protected(snapshot: Snapshot(state: state)))
    }

    /// Whether the nodes of a fleet decide who carries the plan out.
    var isOfFleet: Bool { node != nil }

    var snapshot: Snapshot { protected.withLock { $0.snapshot } }

    /// Has an order carried out between two steps.
    func carryOut(_ order: RotationOrder) async -> RotationOrder.Answer {
        if let answer = await refusalElsewhere() { return answer }
        return await withCheckedContinuation { continuation in
            let refusal: RotationOrder.Answer? = protected.withLock { protected in
                guard !protected.isOver else { return .failed("the daemon stops") }
                // A term may have ended meanwhile: an order must not wait for the next one.
                guard node == nil || protected.isLeading else {
                    return .failed("this node does not carry out plan \(plan.name) any more")
                }
                guard protected.orders.count < Self.mostOrders else {
                    return .failed("\(Self.mostOrders) orders wait already; try again later")
                }
                protected.orders.append(Waiting(order: order, answer: continuation))
                return nil
            }
            if let refusal { continuation.resume(returning: refusal) }
            signal.send()
        }
    }

    /// Looks again: a clock was set, or another policy is in force.
    func wake() { signal.send() }

    /// Leads the plan whenever this node may, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let term: RotationTerm
            do throws(Interruption) {
                term = try await lead()
            } catch {
                break
            }
            let isInterrupted = await carryOut(term)
            await term.resign()
            guard !Task.isCancelled, !isInterrupted else { break }
            for waiting in take(leading: false) {
                waiting.answer.resume(returning: .failed("this node does not carry out plan \(plan.name) any more"))
            }
            // Whatever ended the term is not asked for another at once.
            await signal.wait(after: signal.count, until: time.now.boot + Self.respite, time: time)
        }
        for waiting in end() { waiting.answer.resume(returning: .failed("the daemon stops")) }
    }

    private func lead() async throws(Interruption) -> RotationTerm {
        async let _: Void = watch()
        let term = try await leadership.lead(plan.name)
        _ = take(leading: true)
        return term
    }

    /// Looks where the plan stands while another node carries it out.
    private func watch() async {
        guard node != nil else { return }
        while !Task.isCancelled {
            let seen = signal.count
            do throws(JournalError) {
                let record = try await world.journal.latest().first { $0.plan == plan.name }
                let state = record.flatMap { try? JSONDecoder().decode(RotationState.self, from: Data($0.state)) }
                guard !Task.isCancelled else { return }
                if let state { protected.withLock { $0.snapshot = Snapshot(state: state) } }
            } catch {
                protected.withLock { $0.snapshot.journalFailure = error.message }
            }
            await signal.wait(after: seen, until: time.now.boot + Self.look, time: time)
        }
    }

    /// Says where an order is to be given, when that is not here.
    private func refusalElsewhere() async -> RotationOrder.Answer? {
        guard let node, !protected.withLock({ $0.isLeading }) else { return nil }
        do throws(JournalError) {
            guard let leader = try await leadership.leader(of: plan.name), leader != node else {
                return .failed(
                    "no node of the fleet carries out plan \(plan.name) now; see: iam-broker fleet status"
                )
            }
            return .refused("node \(leader) carries out plan \(plan.name); run the command there")
        } catch {
            return .failed(error.message)
        }
    }

    /// Wakes the lane when its term has ended.
    private func awaitEnd(of term: RotationTerm, _ end: TermEnd) async {
        await term.ended()
        end.set()
        signal.send()
    }

    /// Does what is due, until the term has ended or the task is cancelled.
    ///
    /// - Returns: whether the process ends.
    private func carryOut(_ term: RotationTerm) async -> Bool {
        let end = TermEnd()
        async let _: Void = awaitEnd(of: term, end)
        var driver = RotationDriver(machine, world.under(term, longestCall: longestCall))
        var isLoaded = false
        var examination: (at: Duration, isUrgent: Bool)?
        var wait = SteadyWait()
        var steps = 0
        while !Task.isCancelled, !end.isSet {
            let seen = signal.count
            do throws(RotationDriver.Stop) {
                if !isLoaded {
                    try await driver.load()
                    isLoaded = true
                    show(driver, nextAt: nil)
                }
                if let waiting = take() {
                    await carryOut(waiting, &driver, isLoaded: &isLoaded)
                    continue
                }
                if examination.map({ time.now.boot >= $0.at }) ?? true {
                    let isComplete = try await driver.examineSinks()
                    let pause = isComplete ? Self.examination : Self.soonExamination
                    examination = (time.now.boot + pause, !isComplete)
                }
                let now = time.now
                if let end = wait.hold(driver.state, by: machine, now: now) {
                    let until = now.wall + (end - now.boot).seconds
                    show(driver, nextAt: until)
                    await rest(until, after: seen)
                    continue
                }
                switch try await driver.step() {
                case .acted:
                    show(driver, nextAt: nil)
                    steps += 1
                    guard steps >= Self.mostSteps else { continue }
                    await signal.wait(after: seen, until: time.now.boot + Self.breath, time: time)
                case .rest(let until):
                    show(driver, nextAt: until)
                    // What is not urgent is looked at when the lane wakes anyway, once an hour at least.
                    let urgent = examination.flatMap { $0.isUrgent ? $0.at : nil }
                    await rest(Self.earlier(until, urgent, time.now), after: seen)
                }
                steps = 0
            } catch {
                isLoaded = false
                guard case .journal(let failure) = error else { return true }
                guard failure.code != .deposed else { return false }
                protected.withLock { $0.snapshot.journalFailure = failure.message }
                await pause(after: seen, failure)
            }
        }
        return false
    }

    /// The sooner of a time on the wall and one since boot.
    private static func earlier(_ wall: Date?, _ boot: Duration?, _ now: Moment) -> Date? {
        guard let boot else { return wall }
        let time = now.wall + (boot - now.boot).seconds
        return wall.map { min($0, time) } ?? time
    }

    private func rest(_ until: Date?, after seen: UInt64) async {
        let now = time.now
        let pause = min(until.map { $0.timeIntervalSince(now.wall) } ?? Self.longestSleep, Self.longestSleep)
        await signal.wait(after: seen, until: now.boot + .milliseconds(Int(max(0, pause) * 1_000) + 1), time: time)
    }

    /// Waits before the journal is tried again; orders get the reason meanwhile.
    private func pause(after seen: UInt64, _ failure: JournalError) async {
        let end = time.now.boot + Self.journalPause
        while !Task.isCancelled, time.now.boot < end {
            let count = signal.count
            while let waiting = take() { waiting.answer.resume(returning: .failed(failure.message)) }
            await signal.wait(after: count, until: end, time: time)
        }
    }

    private func take() -> Waiting? {
        protected.withLock { $0.orders.isEmpty ? nil : $0.orders.removeFirst() }
    }

    /// What waits, as this node begins or ends to lead.
    private func take(leading: Bool) -> [Waiting] {
        protected.withLock { protected in
            protected.isLeading = leading
            guard !leading else { return [] }
            defer { protected.orders = [] }
            return protected.orders
        }
    }

    private func end() -> [Waiting] {
        protected.withLock { protected in
            protected.isOver = true
            defer { protected.orders = [] }
            return protected.orders
        }
    }

    private func show(_ driver: RotationDriver, nextAt: Date?) {
        protected.withLock { $0.snapshot = Snapshot(state: driver.state, nextAt: nextAt, awaited: driver.awaited) }
    }

    // MARK: Orders

    private func carryOut(_ waiting: Waiting, _ driver: inout RotationDriver, isLoaded: inout Bool) async {
        let answer: RotationOrder.Answer
        do throws(RotationDriver.Stop) {
            answer = try await carryOut(waiting.order, &driver)
            // When it goes on, the next step says.
            show(driver, nextAt: nil)
        } catch {
            isLoaded = false
            switch error {
            case .interrupted: answer = .failed("the daemon stops")
            case .journal(let failure): answer = .failed(failure.message)
            }
        }
        waiting.answer.resume(returning: answer)
    }

    private func carryOut(
        _ order: RotationOrder,
        _ driver: inout RotationDriver
    ) async throws(RotationDriver.Stop) -> RotationOrder.Answer {
        switch order {
        case .command(let command):
            return try await driver.carryOut(command).map { .refused($0.message) } ?? .done
        case .orphans:
            switch try await driver.orphans() {
            case .success(let orphans): return .orphans(orphans)
            case .failure(let refusal): return .failed(refusal.message)
            }
        case .deleteOrphan(let key):
            return try await driver.deleteOrphan(key).map { .refused($0.message) } ?? .done
        case .rehearse:
            return try await rehearse(driver)
        }
    }

    private func rehearse(_ driver: RotationDriver) async throws(RotationDriver.Stop) -> RotationOrder.Answer {
        let answer: IssuerAnswer
        do throws(Interruption) {
            answer = try await issuer.perform(.list)
        } catch {
            throw .interrupted
        }
        switch answer {
        case .keys(let keys):
            var rehearsal = RotationRehearsal(
                machine,
                from: driver.state,
                keys: keys,
                now: world.now(),
                rotation: world.newRotation()
            )
            let (steps, refusal) = rehearsal.play()
            return .rehearsed(RotationRehearsal.Step.Play(steps: steps, refusal: refusal))
        case .fault(let fault): return .failed(fault.message)
        case .created, .material, .lastUse, .done: return .failed("the service did not list its keys")
        }
    }
}

/// Whether a term has ended.
private final class TermEnd: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() { state.withLock { $0 = true } }
}
