/// What every lane needs from outside.
struct LaneEnvironment: Sendable {
    let time: any TimeSource
    /// Uniform in 0..<1.
    let draw: @Sendable () -> Double
    let audit: any AuditLog
    /// Tells the renewal service to look again.
    let changed: @Sendable () -> Void
}
