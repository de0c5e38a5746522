/// Where events go that somebody may have to answer for.
package protocol AuditLog: Sendable {
    /// Takes note of `event`. It returns at once and never fails: what cannot be written is counted by the log itself.
    func record(_ event: AuditEvent)

    /// False when the log is required and cannot take events: then nothing may be handed out.
    var mayProceed: Bool { get }
}
