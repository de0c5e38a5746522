/// One thing to be said about the daemon's health.
package struct HealthFinding: Sendable, Equatable {
    package enum Severity: String, Sendable, CaseIterable {
        /// Somebody who may have a token does not get it.
        case failing
        /// Everybody is served, and somebody should look at it before that ends.
        case degraded
        /// It is as an operator wants it.
        case note
    }

    package enum Subject: String, Sendable, CaseIterable {
        case profile, audit, policy, listener, sink, certificate, rotation
        case eventLoop = "event_loop"
    }

    package let severity: Severity
    package let subject: Subject
    /// Of the profile, socket, file and so on; empty where there is only one.
    package let name: String
    /// For people: what is wrong, and what that means.
    ///
    /// It may quote others: escape it before it is shown.
    package let message: String
    /// What to type next, in this order.
    package let commands: [String]

    init(
        _ severity: Severity,
        _ subject: Subject,
        _ name: String = "",
        _ message: String,
        _ commands: [String]
    ) {
        (self.severity, self.subject, self.name) = (severity, subject, name)
        (self.message, self.commands) = (message, commands)
    }

    init(_ severity: Severity, _ subject: Subject, _ name: String = "", _ message: String, _ commands: String...) {
        self.init(severity, subject, name, message, commands)
    }
}
