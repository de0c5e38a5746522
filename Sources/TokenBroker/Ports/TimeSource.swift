package import FoundationEssentials

/// One instant on the two clocks that matter: the wall clock, which tokens are dated by and which may be set, and the
/// time since boot, which cannot be set and goes on while the machine is suspended.
package struct Moment: Sendable, Equatable {
    package var wall: Date
    /// Since an arbitrary start that does not change while the process lives.
    package var boot: Duration

    package init(wall: Date, boot: Duration) {
        self.wall = wall
        self.boot = boot
    }
}

/// The clocks.
///
/// Tests bring their own and move them by hand.
package protocol TimeSource: Sendable {
    var now: Moment { get }
    /// Waits until the boot-time clock reaches `deadline`; returns at once when it has passed.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(until deadline: Duration) async throws(CancellationError)
}
