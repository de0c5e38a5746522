internal import TokenBroker

/// A fleet in virtual time: what decides in the daemon (``LaneState``, ``TokenLife``, ``KeySetSchedule``), driven by events.
///
/// It does what ``ProfileLane``, ``TokenPipeline`` and ``KeySetCache`` do around it, without tasks: one thread plays all nodes.
package struct FleetRun: Sendable {
    let scenario: FleetScenario
    var lanes: [SimulatedLane]
    var nodes: [SimulatedNode]
    /// When the token that each lane got last ends, in seconds of the run: the books against which hand-outs are checked.
    var ends: [Double]
    var iam: ModelledIAM
    var random: SeededGenerator
    var queue: EventQueue<FleetEvent>
    var now = VirtualTime.start
    var record: FleetRecord
    let token: SampleToken

    package init(_ scenario: FleetScenario) throws {
        guard scenario.nodes > 0, scenario.profiles > 0, scenario.lanes <= Int(Int32.max),
            (1...1e6).contains(scenario.length)
        else {
            throw SimulationError("a fleet has one node and one profile at least, and is watched for a second at least")
        }
        self.scenario = scenario
        lanes = Array(repeating: SimulatedLane(), count: scenario.lanes)
        nodes = Array(repeating: SimulatedNode(), count: scenario.nodes)
        ends = Array(repeating: -.infinity, count: scenario.lanes)
        iam = ModelledIAM(scenario)
        random = SeededGenerator(seed: scenario.seed)
        queue = EventQueue(end: VirtualTime(seconds: scenario.length))
        record = FleetRecord(seconds: Int(scenario.length.rounded(.up)))
        token = try SampleToken()
    }

    /// Plays it to its end.
    package mutating func play() -> FleetRecord {
        for node in 0..<scenario.nodes { queue.schedule(.boot(node: Int32(node)), at: .start) }
        queue.schedule(.sample, at: VirtualTime(seconds: 60))
        while let (time, event) = queue.next() {
            now = time
            record.events += 1
            carryOut(event)
        }
        return record
    }

    private mutating func carryOut(_ event: FleetEvent) {
        switch event {
        case .boot(let node): boot(Int(node))
        case .look(let lane, let plan): if lanes[Int(lane)].plan == plan { look(Int(lane)) }
        case .exchange(let lane):
            record.exchanges[now.second] += 1
            let (answer, delay) = called()
            queue.schedule(.land(lane: lane, answer), at: now.after(delay))
        case .land(let lane, let answer): land(Int(lane), answer)
        case .lookAtKeys(let node, let plan): if nodes[Int(node)].plan == plan { lookAtKeys(Int(node)) }
        case .fetch(let node):
            record.fetches[now.second] += 1
            let (answer, delay) = called()
            queue.schedule(.landKeys(node: node, answer), at: now.after(delay))
        case .landKeys(let node, let answer): landKeys(Int(node), answer)
        case .ask(let lane): ask(Int(lane))
        case .patience(let lane, let flight):
            if lanes[Int(lane)].isAwaited, lanes[Int(lane)].state.flight == flight {
                endWait(Int(lane), Self.patienceEnded)
            }
        case .sample: sample()
        }
    }

    private mutating func boot(_ node: Int) {
        for lane in node * scenario.profiles..<(node + 1) * scenario.profiles {
            look(lane)
            queue.schedule(.ask(lane: Int32(lane)), at: now.after(random.wait(mean: scenario.askEvery)))
        }
    }

    /// A call arrives at IAM: its answer, and when that is back.
    private mutating func called() -> (ModelledIAM.Answer, Double) {
        let answer = iam.call(at: now)
        switch answer {
        case .granted: record.granted += 1
        case .limited: record.limited += 1
        case .unavailable: record.unavailable += 1
        }
        return (answer, ModelledIAM.latency(&random))
    }

    // MARK: What `ProfileLane` does

    /// The broker looks at a lane of its own accord.
    mutating func look(_ lane: Int) {
        lanes[lane].plan &+= 1
        switch lanes[lane].state.examined(now: now.moment) {
        case .renew: launch(lane)
        case .look(let at?):
            queue.schedule(.look(lane: Int32(lane), plan: lanes[lane].plan), at: max(now, VirtualTime(boot: at)))
        case .look(nil): break
        }
    }

    mutating func launch(_ lane: Int) {
        queue.schedule(.exchange(lane: Int32(lane)), at: now.after(ModelledIAM.way))
    }

    private mutating func land(_ lane: Int, _ answer: ModelledIAM.Answer) {
        guard case .granted(let issuedAt) = answer else { return fail(lane, error(answer)) }
        let node = lane / scenario.profiles
        guard nodes[node].hasKeys else {
            lanes[lane].unverified = issuedAt
            return fetchKeys(node)
        }
        keep(lane, issuedAt: issuedAt)
    }

    mutating func keep(_ lane: Int, issuedAt: Int) {
        guard let flight = lanes[lane].state.flight else { return }
        let (moment, draw, token) = (now.moment, random.draw(), token)
        let issued = VirtualTime(seconds: Double(issuedAt))
        let expires = issued.after(scenario.tokenLife)
        _ = lanes[lane].state
            .renewed(flight, now: moment) { generation, late in
                let life = TokenLife(
                    issuedAt: issued.wall,
                    expiresAt: expires.wall,
                    now: moment,
                    late: late,
                    draw: draw
                )
                return token.living(life, generation: generation)
            }
        ends[lane] = expires.seconds
        if lanes[lane].isAwaited { endWait(lane, Self.noToken) }
        look(lane)
    }

    mutating func fail(_ lane: Int, _ error: AcquisitionError) {
        guard let flight = lanes[lane].state.flight else { return }
        _ = lanes[lane].state.failed(flight, error, now: now.moment.boot, draw: random.draw())
        if lanes[lane].isAwaited { endWait(lane, error) }
        look(lane)
    }

    func error(_ answer: ModelledIAM.Answer) -> AcquisitionError {
        switch answer {
        case .limited: AcquisitionError(.rateLimited, "429", retryAfter: scenario.retryAfter.map { .seconds($0) })
        case .granted, .unavailable: AcquisitionError(.upstreamFailed, "503")
        }
    }

    private static let noToken = AcquisitionError(.upstreamFailed, "no token")
    private static let patienceEnded = AcquisitionError(.timedOut, "no token in time")
}
