import BrokerTesting
import Foundation
import JOSE
import Testing
import TokenBroker

@testable import BrokerDaemon

/// How long a sink sleeps, on the boundaries.
@Suite struct SinkStateTests {
    private let now = Moment(wall: ManualTime.start, boot: .seconds(1_000))

    private func held(_ seconds: TimeInterval) -> SinkState.Held {
        SinkState.Held(generation: 1, print: nil, endsAt: now.wall + seconds, now: now)
    }

    @Test(arguments: [(3_600.0, 60.0), (60.0, 60.0), (59.0, 59.0), (0.05, 0.1), (0.0, 60.0), (-1.0, 60.0)])
    func theEndOfTheTokenEndsTheSleep(remaining: TimeInterval, sleep: Double) {
        var state = SinkState()
        state.wrote(held(remaining))
        #expect(state.sleep(now: now) == .seconds(sleep))
        #expect(state.hasEnded(at: now) == (remaining <= 0))
    }

    /// A wall clock that is set back does not prolong a token, and one that is set forward ends it.
    @Test(arguments: [(-600.0, 59.0, false), (-600, 60, true), (61, 0, true)])
    func theEarlierOfTwoClocksCounts(wallStep: TimeInterval, passed: Double, hasEnded: Bool) {
        var state = SinkState()
        state.wrote(held(60))
        let later = Moment(wall: now.wall + wallStep + passed, boot: now.boot + .seconds(passed))
        #expect(state.hasEnded(at: later) == hasEnded)
    }

    @Test(arguments: [(0.0, 60.0), (0.5, 59.5), (59.95, 0.1)])
    func aRefusalIsLookedAtAgainOnTheFullMinute(second: TimeInterval, sleep: Double) {
        var state = SinkState()
        let now = Moment(wall: now.wall + second, boot: now.boot)
        let (first, second) = (state.refused(.denied("no"), now: now), state.refused(.denied("no"), now: now))
        #expect(first && !second)
        #expect(abs(state.sleep(now: now).seconds - sleep) < 0.001)
    }

    @Test(arguments: [
        (UpkeepFailure("lasting", isLasting: true), 60.0), (UpkeepFailure("short"), 0.5),
        (UpkeepFailure("asked", retryAfter: .seconds(30)), 30.0),
        (UpkeepFailure("long", retryAfter: .seconds(300)), 60.0),
    ])
    func aFailureIsTriedAgainAfterItsTime(error: UpkeepFailure, sleep: Double) {
        var state = SinkState()
        let isNew = state.failed(error, at: .keep(1), now: now, draw: 0.5)
        #expect(isNew)
        #expect(state.sleep(now: now) == .seconds(sleep))
        state.succeeded()
        #expect(state.failure == nil)
    }

    /// Happenings come at any time; what fails with one token must not be tried at each of them.
    @Test(arguments: [
        (0.0, SinkState.Attempt.keep(1), false), (59.9, .keep(1), false), (60, .keep(1), true), (0, .keep(2), true),
        (0, .removal, true), (0, .token, true),
    ])
    func whatFailedWaitsForItsTime(passed: Double, attempt: SinkState.Attempt, isDue: Bool) {
        var state = SinkState()
        _ = state.failed(UpkeepFailure("lasting", isLasting: true), at: .keep(1), now: now, draw: 0)
        let later = Moment(wall: now.wall + passed, boot: now.boot + .seconds(passed))
        #expect(state.mayTry(attempt, now: later) == isDue)
    }

    @Test func theSameFailureIsNewOnceAndNeverWaitsLongerThanAMinute() {
        var state = SinkState()
        let error = UpkeepFailure("short")
        let news = (1...20).map { _ in state.failed(error, at: .removal, now: now, draw: 0.999) }
        #expect(news == [true] + [Bool](repeating: false, count: 19))
        #expect(state.failure.map { $0.retryAt - now.boot } == .seconds(60))
        let other = state.failed(error, at: .token, now: now, draw: 0.5)
        #expect(other && state.failure?.count == 1)
    }

    @Test func onlyAnotherTokenIsWritten() {
        var state = SinkState()
        #expect(state.needsWrite(of: 1))
        state.wrote(held(60))
        #expect(!state.needsWrite(of: 1) && state.needsWrite(of: 2) && state.isReloadDue)
        state.removed()
        #expect(state.needsWrite(of: 1))
        state.found(endsAt: now.wall + 60, now: now)
        #expect(state.needsWrite(of: 0))
    }
}
