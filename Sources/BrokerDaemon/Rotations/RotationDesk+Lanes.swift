internal import BrokerAPI
internal import BrokerServer
internal import FoundationEssentials
internal import KeyRotation

extension RotationDesk {
    /// The desk of the plans that the daemon carries out.
    ///
    /// - Parameters:
    ///   - lanes: one a plan.
    ///   - journal: has the history.
    ///   - host: what splay tells apart.
    ///   - now: the wall clock.
    init(
        _ lanes: [RotationLane],
        journal: any RotationJournal,
        host: String,
        now: @escaping @Sendable () -> Date
    ) {
        let lane = { @Sendable (name: String) in lanes.first { $0.plan.name.rawValue == name } }
        self.init(
            plans: { lanes.map { RotationsResponse.Plan($0) } },
            demand: { name, demand in
                guard let lane = lane(name) else { return .unknownPlan }
                switch await lane.carryOut(.command(RotationCommand(demand))) {
                case .refused(let why): return .refused(why)
                case .failed(let why): return .failed(why)
                case .done, .orphans, .rehearsed: return .done(RotationsResponse.Plan(lane))
                }
            },
            history: { name, limit in
                var plan: PlanName?
                if let name {
                    // Plans that are not configured any more have a history, too.
                    guard let known = PlanName(rawValue: name) else { return .unknownPlan }
                    plan = known
                }
                do throws(JournalError) {
                    let events = try await journal.history(of: plan, limit: limit)
                    return .done(RotationHistoryResponse(events: events.map(RotationHistoryResponse.Event.init)))
                } catch {
                    return .failed(error.message)
                }
            },
            rehearse: { name in
                guard let lane = lane(name) else { return .unknownPlan }
                switch await lane.carryOut(.rehearse) {
                case .rehearsed(let play): return .done(RotationRehearsalResponse(lane, play))
                case .refused(let why): return .refused(why)
                case .failed(let why): return .failed(why)
                case .done, .orphans: return .failed("nothing was rehearsed")
                }
            },
            times: { name, count in
                guard let lane = lane(name) else { return .unknownPlan }
                let times = lane.plan.schedule.times(
                    after: now().wholeSeconds,
                    count: count,
                    plan: name,
                    host: host,
                    keyCreated: lane.snapshot.state.current?.createdAt.wholeSeconds
                )
                return .done(RotationTimesResponse(next: times))
            },
            orphans: { await RotationOrphansResponse(lanes) },
            deleteOrphan: { name, key in
                guard let lane = lane(name) else { return .unknownPlan }
                switch await lane.carryOut(.deleteOrphan(KeyID(key))) {
                case .refused(let why): return .refused(why)
                case .failed(let why): return .failed(why)
                case .done, .orphans, .rehearsed: return .done(await RotationOrphansResponse([lane]))
                }
            }
        )
    }
}

extension RotationCommand {
    fileprivate init(_ demand: RotationDemand) {
        self =
            switch demand {
            case .run(let isNow): .run(isNow ? .now : .whenAllowed)
            case .pause: .pause
            case .resume: .resume
            case .rollback: .rollback
            case .acknowledge(let consumer): .acknowledge(consumer)
            case .release: .release
            }
    }
}

extension RotationHistoryResponse.Event {
    fileprivate init(_ event: JournalEvent) {
        self.init(
            at: event.at.wholeSeconds,
            plan: event.plan.rawValue,
            rotation: event.rotation?.rawValue,
            kind: event.kind,
            detail: event.detail
        )
    }
}

extension RotationRehearsalResponse {
    fileprivate init(_ lane: RotationLane, _ play: RotationRehearsal.Step.Play) {
        self.init(
            plan: lane.plan.name.rawValue,
            steps: play.steps.map { step in
                let (action, requests): (String, [String]) =
                    switch step.action {
                    case .issuer(let call): (call.inWords, lane.issuer.requests(for: call))
                    case .sink(let name, let call):
                        ("\(call.inWords) \(name)", lane.sinks[name]?.requests(for: call) ?? [])
                    case .wait: ("wait", [])
                    case .consumers: ("wait until every node of the fleet has the new key in use", [])
                    case .acknowledgement(let consumer): ("wait until \(consumer) acknowledges the new key", [])
                    }
                return Step(
                    at: step.at.wholeSeconds,
                    phase: step.stage.phase.rawValue,
                    action: action,
                    requests: requests
                )
            },
            refusal: play.refusal
        )
    }
}

extension RotationOrphansResponse {
    fileprivate init(_ lanes: [RotationLane]) async {
        self.init(orphans: [], failures: [])
        for lane in lanes {
            let plan = lane.plan.name.rawValue
            switch await lane.carryOut(.orphans) {
            case .orphans(let found):
                orphans += found.map { orphan in
                    Orphan(
                        plan: plan,
                        key: orphan.key.id.rawValue,
                        name: orphan.key.name,
                        createdAt: orphan.key.createdAt?.wholeSeconds,
                        lastUse: orphan.lastUse?.wholeSeconds,
                        isKnown: orphan.isKnown
                    )
                }
            case .failed(let why), .refused(let why): failures.append(Failure(plan: plan, message: why))
            case .done, .rehearsed: failures.append(Failure(plan: plan, message: "nothing was found out"))
            }
        }
    }
}

extension IssuerStep {
    /// What is done, for people.
    fileprivate var inWords: String {
        switch self {
        case .list: "list the keys"
        case .create: "make the new key"
        case .read(let key): "read \(key) again"
        case .verify(let key): "use \(key)"
        case .activity(let key): "ask when \(key) was used"
        case .disable(let key): "disable \(key)"
        case .enable(let key): "enable \(key)"
        case .delete(let key): "delete \(key)"
        }
    }
}

extension SinkStep {
    /// What is done, for people; the sink's name follows.
    fileprivate var inWords: String {
        switch self {
        case .publish: "publish to"
        case .inspect: "look whether the new key is in"
        case .restore: "give the old key back to"
        case .forget: "throw away what was kept aside for"
        }
    }
}
