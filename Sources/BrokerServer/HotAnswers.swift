internal import AccessPolicy
internal import NIOCore
internal import TokenBroker

/// Answers the hot requests of one connection from what is prepared: identity attested once, decision taken once, bytes
/// rendered once a second.
///
/// It belongs to one event loop.
final class HotAnswers {
    private let broker: TokenBroker
    private let policy: Policy
    private let workload: Workload
    private var known: Known?
    private var rendered: Rendered?

    /// The last request that was recognised.
    ///
    /// Clients send the same bytes again and again.
    private struct Known {
        let request: ByteBuffer
        let query: TokenQuery
        let lane: ProfileLane
        let permit: Permit
    }

    private struct Rendered {
        let generation: UInt64
        let lane: ObjectIdentifier
        let expiresIn: Int
        let response: ByteBuffer
    }

    init(broker: TokenBroker, policy: Policy, workload: Workload) {
        self.broker = broker
        self.policy = policy
        self.workload = workload
    }

    enum Answer {
        case response(ByteBuffer)
        /// One whole request for a token that must take the long way: it is refused, or must wait.
        case tokenRequest
        /// Anything else.
        case unrecognised
    }

    func answer(_ request: ByteBuffer) -> Answer {
        if known?.request != request {
            guard let query = HotRequest.recognise(request.readableBytesView) else { return .unrecognised }
            guard let lane = broker.lane(query.profile),
                case .permit(let permit) = policy.decide(workload, query.profile)
            else { return .tokenRequest }
            known = Known(request: ByteBuffer(request.readableBytesView), query: query, lane: lane, permit: permit)
        }
        guard let known else { return .unrecognised }
        let minimum = Double(known.query.minimumRemaining)
        switch known.lane.token(known.permit, minimumRemaining: minimum, now: broker.time.now) {
        case .released(let released): return .response(response(released, known.lane))
        case .mustWait, .refused: return .tokenRequest
        }
    }

    private func response(_ released: ReleasedToken, _ lane: ProfileLane) -> ByteBuffer {
        let id = ObjectIdentifier(lane)
        if let rendered, rendered.generation == released.cached.generation, rendered.lane == id,
            rendered.expiresIn == released.expiresIn
        {
            return rendered.response
        }
        let response = TokenBody.response(released)
        rendered = Rendered(
            generation: released.cached.generation,
            lane: id,
            expiresIn: released.expiresIn,
            response: response
        )
        return response
    }
}
