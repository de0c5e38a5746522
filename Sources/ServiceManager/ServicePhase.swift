/// Where a service is in its life, as its manager has to be told: a value that decides and tells nobody.
///
/// Reloads may come at any time. A manager takes `READY=1` after one for the end of the start, so while the service starts
/// nothing is told of a reload, and after a stop began nothing but that.
package struct ServicePhase: Sendable {
    private enum State {
        case starting, running, stopping
    }

    private var state = State.starting
    /// The reload under way was told.
    private var isReloadTold = false

    package init() {}

    /// The service can serve.
    package mutating func started() -> Notification? {
        guard state == .starting else { return nil }
        state = .running
        return .ready
    }

    package mutating func reloadBegan() -> Notification? {
        guard state == .running, !isReloadTold else { return nil }
        isReloadTold = true
        return .reloading
    }

    /// A reload ended, whatever came of it.
    package mutating func reloadEnded() -> Notification? {
        guard state == .running, isReloadTold else { return nil }
        isReloadTold = false
        return .ready
    }

    package mutating func stopBegan() -> Notification? {
        guard state != .stopping else { return nil }
        state = .stopping
        return .stopping
    }
}
