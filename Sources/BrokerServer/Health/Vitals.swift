package import BrokerAPI
package import TokenBroker

/// What operators are told about the daemon itself, beside its tokens.
package struct Vitals: Sendable {
    let listeners: @Sendable () -> [HealthState.Listener]
    let eventLoops: @Sendable () -> [Duration]
    let isAuditRequired: Bool
    /// Where each rotation plan stands.
    let rotations: @Sendable () -> [RotationsResponse.Plan]
    /// Where the page is served over TCP; `nil`: nowhere, or not yet.
    let page: @Sendable () -> StatusResponse.Page?

    package init(
        listeners: @escaping @Sendable () -> [HealthState.Listener] = { [] },
        eventLoops: @escaping @Sendable () -> [Duration] = { [] },
        isAuditRequired: Bool = false,
        rotations: @escaping @Sendable () -> [RotationsResponse.Plan] = { [] },
        page: @escaping @Sendable () -> StatusResponse.Page? = { nil }
    ) {
        (self.listeners, self.eventLoops) = (listeners, eventLoops)
        (self.isAuditRequired, self.rotations, self.page) = (isAuditRequired, rotations, page)
    }
}
