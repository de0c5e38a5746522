package import TokenBroker

/// Several logs as one: each gets every event.
package struct AuditLogs: AuditLog {
    private let logs: [any AuditLog]

    package init(_ logs: [any AuditLog]) {
        self.logs = logs
    }

    package func record(_ event: AuditEvent) {
        for log in logs { log.record(event) }
    }

    /// Whether all of them allow it.
    package var mayProceed: Bool { logs.allSatisfy { $0.mayProceed } }
}
