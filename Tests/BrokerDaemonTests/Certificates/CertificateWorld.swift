import BrokerAPI
import BrokerTesting
import Foundation
import Synchronization
import TokenBroker

@testable import BrokerDaemon

/// A lane with scripted actions and clocks that stand still.
final class CertificateWorld: Sendable {
    typealias Held = CertificateSchedule.Held

    private struct Protected {
        var held: Held?
        var renewals: [UpkeepFailure?]
        var reloads: [UpkeepFailure?]
        var calls: [String] = []
    }

    let time = ManualTime()
    let audit = RecordingAuditLog()
    private let protected: Mutex<Protected>
    /// Seconds that certificates live.
    static let life: TimeInterval = 3_600
    private let life: TimeInterval

    /// `nil` in a script stands for success, and so does its end.
    init(
        held: Held? = nil,
        renewals: [UpkeepFailure?] = [],
        reloads: [UpkeepFailure?] = [],
        life: TimeInterval = CertificateWorld.life
    ) {
        self.life = life
        protected = Mutex(Protected(held: held, renewals: renewals, reloads: reloads))
    }

    /// What was done, in order.
    var calls: [String] { protected.withLock { $0.calls } }

    /// Somebody removes the files.
    func lose() { protected.withLock { $0.held = nil } }

    func lane(draw: Double = 0) -> CertificateLane {
        CertificateLane(
            name: "share",
            actions: CertificateLane.Actions(
                current: { self.protected.withLock { $0.held } },
                renew: { () throws(UpkeepFailure) in try self.renew() },
                reload: { () throws(UpkeepFailure) in try self.reload() }
            ),
            time: time,
            draw: { draw },
            audit: audit
        )
    }

    /// Runs a lane beside `body`, and stops it afterwards.
    func running(draw: Double = 0, _ body: (CertificateLane) async throws -> Void) async throws {
        let lane = lane(draw: draw)
        let task = Task { await lane.run() }
        do {
            try await body(lane)
        } catch {
            task.cancel()
            await task.value
            throw error
        }
        task.cancel()
        await task.value
    }

    /// Lets time pass once the lane sleeps, for `span` or to its next look.
    func pass(_ span: Duration) async {
        let end = time.now.boot + span
        while time.now.boot < end {
            let step = min(.seconds(300), end - time.now.boot)
            await time.sleeper(until: time.now.boot + step)
            time.advance(by: step)
        }
    }

    private func renew() throws(UpkeepFailure) -> Held {
        let now = time.now.wall
        let (failure, number) = protected.withLock { protected in
            protected.calls.append("renew")
            let failure = protected.renewals.isEmpty ? nil : protected.renewals.removeFirst()
            return (failure, protected.calls.count { $0 == "renew" })
        }
        if let failure { throw failure }
        let held = Held(serial: "0\(number)", obtained: now, expires: now + life)
        protected.withLock { $0.held = held }
        return held
    }

    private func reload() throws(UpkeepFailure) {
        let failure = protected.withLock { protected in
            protected.calls.append("reload")
            return protected.reloads.isEmpty ? nil : protected.reloads.removeFirst()
        }
        if let failure { throw failure }
    }
}
