import Synchronization

/// What a test turns on and off in a service.
final class Switch: Sendable {
    private let state = Mutex((isOn: false, isDark: false, calls: 0))

    var isOn: Bool {
        get { state.withLock { $0.isOn } }
        set { state.withLock { $0.isOn = newValue } }
    }

    /// Whether a blackout is on.
    var isDark: Bool {
        get { state.withLock { $0.isDark } }
        set { state.withLock { $0.isDark = newValue } }
    }

    /// How often ``count()`` was called.
    var calls: Int { state.withLock { $0.calls } }

    func count() { state.withLock { $0.calls += 1 } }
}
