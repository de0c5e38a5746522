internal import AccessPolicy
internal import NIOCore
internal import TokenBroker

/// Answers the hot requests of one connection from what is prepared: identity attested once, decision taken once for each
/// policy, bytes rendered once a second.
///
/// It belongs to one event loop. Whatever is not plainly a permitted request with a token at hand goes the long way, where
/// it is judged again and answered in words.
final class HotAnswers {
    private let broker: TokenBroker
    private let gate: Gate
    private let peer: any Peer
    private var known: Known?

    /// The last request that was recognised.
    ///
    /// Clients send the same bytes again and again. It is a class so that looking at it counts one reference, not one for each
    /// part.
    private final class Known {
        let request: ByteBuffer
        let minimumRemaining: Double
        let lane: ProfileLane
        let admission: Gate.Admission
        let releases: ReleaseCount
        /// The generation of the token that was recorded as handed out.
        var recorded: UInt64?

        init(
            request: ByteBuffer,
            minimumRemaining: Double,
            lane: ProfileLane,
            admission: Gate.Admission,
            releases: ReleaseCount
        ) {
            self.request = request
            self.minimumRemaining = minimumRemaining
            self.lane = lane
            self.admission = admission
            self.releases = releases
        }
    }

    /// An answer as it was sent, kept with its token for all connections.
    ///
    /// A connection keeps none: after a lock it might not ask again, and its answer would stay in memory.
    private final class Rendered: Sendable {
        let expiresIn: Int
        let response: ByteBuffer

        init(expiresIn: Int, response: ByteBuffer) {
            (self.expiresIn, self.response) = (expiresIn, response)
        }
    }

    init(broker: TokenBroker, gate: Gate, peer: any Peer) {
        self.broker = broker
        self.gate = gate
        self.peer = peer
    }

    enum Answer {
        case response(ByteBuffer)
        /// One whole request for a token that must take the long way: it is refused, or must wait.
        case tokenRequest
        /// Anything else.
        case unrecognised
    }

    func answer(_ request: ByteBuffer) -> Answer {
        let now = broker.time.now
        let isKnown = known?.request == request
        if !isKnown || known?.admission.stands(at: now, generation: gate.policy.generation) != true {
            guard let query = HotRequest.recognise(request.readableBytesView) else { return .unrecognised }
            known = admit(query, request)
        }
        guard let known, gate.audit.mayProceed, peer.isUnchanged() else { return .tokenRequest }
        switch known.lane.token(known.admission.permit, minimumRemaining: known.minimumRemaining, now: now) {
        case .released(let released):
            // What is over the rate takes nothing, and is told so by the routes.
            guard known.admission.bucket?.take(now: now.boot) == nil else { return .tokenRequest }
            record(released, known)
            known.releases.add()
            return .response(Self.response(released))
        case .mustWait, .refused:
            return .tokenRequest
        }
    }

    /// The request, if its caller is permitted and nothing about that needs words.
    private func admit(_ query: TokenQuery, _ request: ByteBuffer) -> Known? {
        guard let workload = peer.workloadAtOnce(gate.policy.current.policy.requiredFacts),
            let lane = broker.lane(query.profile),
            let admission = gate.admitted(workload, query.profile)
        else { return nil }
        return Known(
            request: ByteBuffer(request.readableBytesView),
            minimumRemaining: Double(admission.permit.minimumTTL(asked: query.minimumRemaining)),
            lane: lane,
            admission: admission,
            releases: gate.activity.releases(of: query.profile, to: workload)
        )
    }

    private func record(_ released: ReleasedToken, _ known: Known) {
        guard known.recorded != released.cached.generation else { return }
        if known.recorded == nil { gate.decided(known.admission) }
        known.recorded = released.cached.generation
        gate.released(released, known.admission.workload)
    }

    private static func response(_ released: ReleasedToken) -> ByteBuffer {
        let rendering = released.cached.rendering
        if let rendered = rendering.value as? Rendered, rendered.expiresIn == released.expiresIn {
            return rendered.response
        }
        let response = TokenBody.response(released)
        rendering.value = Rendered(expiresIn: released.expiresIn, response: response)
        return response
    }
}
