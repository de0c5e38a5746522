internal import Synchronization

/// What a service tells its manager of its life, in the order in which it happens; without a manager it tells nobody.
///
/// None of its calls waits for the manager.
package final class ServiceReport: Sendable {
    private let socket: NotifySocket?
    private let failed: @Sendable (ServiceManagerError) -> Void
    private let phase = Mutex(ServicePhase())

    /// - Parameters:
    ///   - socket: where the manager takes notifications; `nil`: there is none.
    ///   - failed: is called when it cannot be told something.
    package init(to socket: NotifySocket?, failed: @escaping @Sendable (ServiceManagerError) -> Void) {
        (self.socket, self.failed) = (socket, failed)
    }

    /// Whether there is a manager that is told.
    package var isHeard: Bool { socket != nil }

    /// The service can serve: `READY=1`.
    package func started() { tell { $0.started() } }
    /// A reload began: `RELOADING=1`.
    package func reloadBegan() { tell { $0.reloadBegan() } }
    /// It ended, whatever came of it: `READY=1`.
    package func reloadEnded() { tell { $0.reloadEnded() } }
    /// The service stops: `STOPPING=1`.
    package func stopBegan() { tell { $0.stopBegan() } }
    /// One line for people: `STATUS=`.
    package func status(_ line: String) { tell { _ in .status(line) } }
    /// The service is alive: `WATCHDOG=1`.
    package func alive() { tell { _ in .watchdog } }

    /// Has the manager keep `memory` for the next instance, in place of what it kept before under this name.
    ///
    /// - Returns: why not; `nil` when it was sent. A manager that keeps nothing does not say so.
    package func store(_ memory: SealedMemory, name: String) async -> ServiceManagerError? {
        guard let socket else { return nil }
        if let error = await socket.send(.forget(name: name)) { return error }
        return await socket.send(.store(name: name), with: memory)
    }

    /// Has the manager keep nothing under this name any longer.
    package func forget(name: String) { tell { _ in .forget(name: name) } }

    /// In the lock, so that what was decided first is sent first.
    private func tell(_ decide: (inout ServicePhase) -> Notification?) {
        guard let socket else { return }
        phase.withLock { phase in
            if let notification = decide(&phase) {
                socket.post(notification) { [failed] error in if let error { failed(error) } }
            }
        }
    }
}
