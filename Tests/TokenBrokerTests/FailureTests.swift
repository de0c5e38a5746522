import BrokerTesting
import Synchronization
import Testing

@testable import TokenBroker

/// Failing services: how long errors are remembered, when the broker tries again, and when it stops for a while.
struct FailureTests {
    @Test(arguments: [
        (AcquisitionError.Code.upstreamFailed, 5), (.unreachable, 5), (.timedOut, 5), (.malformedAnswer, 5),
        (.tokenRejected, 5), (.rateLimited, 5), (.profileNotLinked, 60), (.metadataDisabled, 60), (.forbidden, 60),
    ])
    func anErrorIsToldForAWhileWithoutAnotherAttempt(code: AcquisitionError.Code, seconds: Int) async throws {
        let world = try World(draw: { 0 })
        world.exchanger.script.append(.error(code))
        #expect(try await world.ask().code == code)
        world.time.advance(by: .seconds(seconds) - .milliseconds(1))
        #expect(try await world.ask().code == code)
        #expect(world.exchanger.calls.count == 1)
        world.time.advance(by: .milliseconds(1))
        #expect(try await world.ask().get().expiresIn == 3_600)
        #expect(world.exchanger.calls.count == 2)
    }

    @Test(arguments: [AcquisitionError.Code.rateLimited, .upstreamFailed])
    func retryAfterIsObeyed(code: AcquisitionError.Code) async throws {
        let world = try World(draw: { 0 })
        world.exchanger.script.append(.error(code, retryAfter: .seconds(42)))
        let first = try await world.ask()
        guard case .failure(let refusal) = first else { throw Missing() }
        #expect(refusal.retryAfter == .seconds(42))
        world.time.advance(by: .milliseconds(41_999))
        #expect(try await world.ask().code == code)
        #expect(world.exchanger.calls.count == 1)
        world.time.advance(by: .milliseconds(1))
        #expect(try await world.ask().code == nil)
    }

    /// All machines are told the same: none comes before, and they spread over as long again, or over the back-off.
    @Test(arguments: [
        (1, 30, 0.0, 30.0), (1, 30, 0.5, 45), (1, 30, 1, 60), (8, 30, 1, 158), (9, 30, 0.5, 158), (12, 30, 1, 330),
        (1, 3_600, 1, 3_900), (1, 1, 1, 5),
    ])
    func machinesThatAreToldTheSameComeBackApart(count: Int, asked: Int, draw: Double, seconds: Double) {
        let error = AcquisitionError(.rateLimited, "scripted", retryAfter: .seconds(asked))
        var record: FailureRecord?
        for _ in 0..<count { record = FailureRecord(error, after: record, now: .zero, draw: draw) }
        #expect(record?.retryAt == .seconds(seconds))
        // Callers do not come back together either.
        #expect(record?.rememberedUntil == .seconds(seconds))
    }

    @Test func aProfileThatIsNotLinkedAnyMoreLosesItsCachedToken() async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.exchanger.script.append(.error(.profileNotLinked))
        world.time.advance(by: .seconds(2_200))
        // Renewal is due: this caller still gets the old token, and the answer to the renewal ends it.
        _ = try await world.ask().get()
        let events = await world.audit.events(3)
        #expect(events.last == .tokenDropped(try World.name("reports")))
        #expect(try await world.ask().code == .profileNotLinked)
    }

    @Test func otherFailuresLeaveTheCachedToken() async throws {
        for code in AcquisitionError.Code.allCases where code != .profileNotLinked && code != .identityRejected {
            let world = try World()
            _ = try await world.ask().get()
            world.exchanger.script.append(.error(code))
            world.time.advance(by: .seconds(3_000))
            #expect(try await world.ask().get().expiresIn == 600)
        }
    }

    /// Full jitter: with a draw of just under one the delay is the ceiling, which doubles from 1 s to 5 min.
    @Test(arguments: zip(1...12, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]))
    func theCeilingOfTheBackOffDoublesUpToFiveMinutes(count: Int, seconds: Int) {
        var record: FailureRecord?
        for _ in 0..<count {
            record = FailureRecord(.init(.upstreamFailed, "scripted"), after: record, now: .zero, draw: 1)
        }
        #expect(record?.retryAt == .seconds(seconds))
        #expect(record?.count == count)
    }

    @Test(arguments: [(4, false), (5, true)])
    func theBreakerOpensAfterFiveFailuresInARow(failures: Int, isOpen: Bool) async throws {
        let world = try World(draw: { 1 })
        for _ in 0..<failures {
            world.exchanger.script.append(.error(.upstreamFailed))
            _ = try await world.ask()
            world.time.advance(by: .seconds(5))
        }
        let status = try #require(world.broker.status.first)
        #expect(status.consecutiveFailures == failures)
        #expect(status.breaker == (isOpen ? .open : .closed))
        // Closed: the next caller makes an attempt. Open: he is told when.
        let result = try await world.ask()
        #expect(result.code == (isOpen ? .upstreamFailed : nil))
        #expect(world.exchanger.calls.count == (isOpen ? failures : failures + 1))
    }

    @Test func anOpenBreakerLetsOneProbeThroughWhichClosesIt() async throws {
        let world = try World(draw: { 1 })
        for _ in 0..<5 {
            world.exchanger.script.append(.error(.upstreamFailed))
            _ = try await world.ask()
            world.time.advance(by: .seconds(5))
        }
        world.time.advance(by: .seconds(11))
        #expect(world.broker.status.first?.breaker == .halfOpen)
        world.exchanger.script.hold()
        let callers = (0..<10).map { _ in Task { try await world.ask() } }
        await world.exchanger.script.arrivals(6)
        world.exchanger.script.release()
        for caller in callers { #expect(try await caller.value.code == nil) }
        #expect(world.exchanger.calls.count == 6)
        #expect(world.broker.status.first?.breaker == .closed)
        #expect(world.broker.status.first?.consecutiveFailures == 0)
    }

    @Test func aProbeThatFailsKeepsTheBreakerOpenForLonger() async throws {
        let world = try World(draw: { 1 })
        for _ in 0..<5 {
            world.exchanger.script.append(.error(.upstreamFailed))
            _ = try await world.ask()
            world.time.advance(by: .seconds(5))
        }
        world.time.advance(by: .seconds(11))
        world.exchanger.script.append(.error(.upstreamFailed))
        #expect(try await world.ask().code == .upstreamFailed)
        world.time.advance(by: .milliseconds(31_999))
        #expect(world.broker.status.first?.breaker == .open)
        _ = try await world.ask()
        #expect(world.exchanger.calls.count == 6)
    }

    /// Whatever the draws: the number of attempts in a day of outage stays small.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func anOutageOfADayMakesFewAttempts(seed: UInt64) {
        var random = SplitMix(state: seed)
        var record: FailureRecord?
        var now = Duration.zero
        var attempts = 0
        while now < .seconds(86_400) {
            attempts += 1
            let draw = Double(random.next() >> 11) * 0x1p-53
            let failed = FailureRecord(.init(.upstreamFailed, "scripted"), after: record, now: now, draw: draw)
            // The earliest that anybody could make another attempt.
            now = failed.isBreakerTripped ? failed.retryAt : min(failed.retryAt, failed.rememberedUntil)
            record = failed
        }
        // 86,400 s with a mean delay of 150 s make 576; the margin is for luck.
        #expect(attempts < 800)
    }
}

/// A small generator with a fixed sequence (SplitMix64), so that a failure can be repeated.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
