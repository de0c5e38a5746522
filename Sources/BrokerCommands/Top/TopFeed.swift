internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import Synchronization

/// Asks the daemon again and again, and keeps what it said.
final class TopFeed: Sendable {
    private let client: BrokerClient
    private let interval: Double
    private let origin = ContinuousClock.now
    private let known: Mutex<TopState>

    init(_ client: BrokerClient, interval: Double) {
        (self.client, self.interval) = (client, interval)
        known = Mutex(TopState(now: Date(), interval: interval))
    }

    /// What is known now.
    var state: TopState { known.withLock { $0 } }

    /// Asks once.
    ///
    /// - Throws: ``CommandFailure`` when there is no answer; what was known before stays.
    func ask() async throws(CommandFailure) {
        let status = try await client.get(BrokerPath.status, as: StatusResponse.self).answer
        let activity = try await client.get(BrokerPath.activity, as: ActivityResponse.self).answer
        let rotations = try await rotations()
        known.withLock { state in
            (state.status, state.activity, state.rotations) = (status, activity, rotations)
            state.rates.note(activity, at: ContinuousClock.now - origin)
            (state.trouble, state.now) = (nil, Date())
        }
    }

    /// Asks in the interval, until the task is cancelled; `changed` is called after each answer, or its absence.
    func run(changed: @Sendable () -> Void) async {
        while !Task.isCancelled {
            do throws(CommandFailure) {
                try await ask()
            } catch {
                known.withLock { state in (state.trouble, state.now) = (error.message, Date()) }
            }
            changed()
            do {
                try await Task.sleep(for: .seconds(interval))
            } catch {
                return
            }
        }
    }

    /// A daemon without plans has no rotations to tell of.
    private func rotations() async throws(CommandFailure) -> [RotationsResponse.Plan] {
        do throws(CommandFailure) {
            return try await client.get(BrokerPath.rotations, as: RotationsResponse.self).answer.rotations
        } catch {
            guard error.exitCode == .badInput else { throw error }
            return []
        }
    }
}
