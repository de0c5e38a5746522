package import BrokerAPI

/// What operators may ask about rotations, and have done: the daemon's side of the admin socket.
package struct RotationDesk: Sendable {
    /// Where each plan stands.
    package let plans: @Sendable () -> [RotationsResponse.Plan]
    package let demand: @Sendable (_ plan: String, RotationDemand) async -> RotationReply<RotationsResponse.Plan>
    /// Events of one plan, or of all; the newest first, and no more than this number.
    package let history: @Sendable (_ plan: String?, _ limit: Int) async -> RotationReply<RotationHistoryResponse>
    package let rehearse: @Sendable (_ plan: String) async -> RotationReply<RotationRehearsalResponse>
    package let times: @Sendable (_ plan: String, _ count: Int) async -> RotationReply<RotationTimesResponse>
    package let orphans: @Sendable () async -> RotationOrphansResponse
    package let deleteOrphan: @Sendable (_ plan: String, _ key: String) async -> RotationReply<RotationOrphansResponse>

    package init(
        plans: @escaping @Sendable () -> [RotationsResponse.Plan],
        demand: @escaping @Sendable (_ plan: String, RotationDemand) async -> RotationReply<RotationsResponse.Plan>,
        history: @escaping @Sendable (_ plan: String?, _ limit: Int) async -> RotationReply<RotationHistoryResponse>,
        rehearse: @escaping @Sendable (_ plan: String) async -> RotationReply<RotationRehearsalResponse>,
        times: @escaping @Sendable (_ plan: String, _ count: Int) async -> RotationReply<RotationTimesResponse>,
        orphans: @escaping @Sendable () async -> RotationOrphansResponse,
        deleteOrphan:
            @escaping @Sendable (_ plan: String, _ key: String) async
            -> RotationReply<RotationOrphansResponse>
    ) {
        (self.plans, self.demand, self.history, self.rehearse) = (plans, demand, history, rehearse)
        (self.times, self.orphans, self.deleteOrphan) = (times, orphans, deleteOrphan)
    }
}

/// What an operator wants to happen to a plan.
package enum RotationDemand: Sendable, Hashable {
    /// Now, or as soon as windows and blackouts allow it.
    case run(isNow: Bool)
    case pause, resume, rollback, release
    case acknowledge(String)
}

/// What comes of it.
package enum RotationReply<Value: Sendable>: Sendable {
    case done(Value)
    case unknownPlan
    /// The state of things does not allow it: why, and what to do instead.
    case refused(String)
    /// It could not be found out, or not be done, now.
    case failed(String)
}
