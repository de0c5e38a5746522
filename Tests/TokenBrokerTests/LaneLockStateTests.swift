import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import TokenBroker

/// Whatever state a lane is in, a lock ends it, and an unlock begins anew.
struct LaneLockStateTests {
    /// Every kind of state that a lane can be in: with and without a token, a failure, a flight.
    enum Situation: CaseIterable {
        case new, prefetched, firstFlight, fresh, usedAndDue, renewing, failing, failedRenewal, broken, expired
    }

    private static let now = Moment(wall: ManualTime.start, boot: .seconds(1_000))
    private static let lock = ProfileLock(since: ManualTime.start, by: 7)
    private static let later = ProfileLock(since: ManualTime.start.addingTimeInterval(9), by: 8)

    private static func moment(_ seconds: TimeInterval) -> Moment {
        Moment(wall: now.wall.addingTimeInterval(seconds), boot: now.boot + .seconds(seconds))
    }

    private let token: VerifiedToken

    init() throws {
        let mint = try TokenMint()
        let expectations = try TokenIssuer(issuer: mint.issuer).expectations(of: Self.profile, instanceAccountID: nil)
        let verdict = TokenVerifier(expectations)
            .verify(try mint.token(issuedAt: Self.now.wall), with: try mint.keySet(), now: Self.now.wall)
        guard case .accept(let token) = verdict else { throw Missing() }
        self.token = token
    }

    private static var profile: TrustedProfile {
        get throws { TrustedProfile(name: try World.name("reports"), reference: World.byID) }
    }

    private func cached(_ generation: UInt64, late: TimeInterval?) -> CachedToken {
        CachedToken(token, generation: generation, now: Self.now, late: late, draw: 0.5)
    }

    /// A lane in the situation, and the time that it is then.
    private func make(_ situation: Situation) throws -> (state: LaneState, now: Moment) {
        var state = LaneState(prefetch: situation == .prefetched)
        let error = AcquisitionError(.upstreamFailed, "scripted")
        switch situation {
        case .new, .prefetched: return (state, Self.now)
        case .firstFlight:
            _ = state.asked(minimumRemaining: 0, now: Self.now)
            return (state, Self.now)
        case .failing, .broken:
            for _ in 0..<(situation == .broken ? FailureRecord.breakerThreshold : 1) {
                _ = state.refreshDemanded()
                try expect(state.failed(required(state.flight), error, now: Self.now.boot, draw: 1), .noted)
            }
            return (state, Self.now)
        case .fresh, .usedAndDue, .renewing, .failedRenewal, .expired:
            _ = state.asked(minimumRemaining: 0, now: Self.now)
            try expect(state.renewed(required(state.flight), now: Self.now, cached), .noted)
            guard situation != .fresh else { return (state, Self.now) }
            let due = Self.moment(2_200)
            if situation == .usedAndDue || situation == .expired { _ = state.asked(minimumRemaining: 0, now: Self.now) }
            if situation == .renewing || situation == .failedRenewal { _ = state.asked(minimumRemaining: 0, now: due) }
            if situation == .failedRenewal {
                try expect(state.failed(required(state.flight), error, now: due.boot, draw: 1), .noted)
            }
            return (state, situation == .expired ? Self.moment(4_000) : due)
        }
    }

    @Test(arguments: Situation.allCases)
    func aLockEndsEverything(_ situation: Situation) throws {
        var (state, now) = try make(situation)
        let hadToken = state.token != nil
        let flight = state.flight
        expect(state.locked(Self.lock), hadToken)
        let status = ProfileStatus(try Self.profile, state, now: now)
        #expect(status.state == .locked)
        #expect(status.lockedSince == Self.lock.since)
        #expect(status.expiresAt == nil && status.lastError == nil && status.nextAttemptIn == nil)
        #expect(status.breaker == .closed)
        try expectLocked(&state, by: Self.lock, now: now)
        // What was under way ends, with a token and with an error.
        if let flight {
            var other = state
            expect(state.renewed(flight, now: Self.now, cached), .thrownAway)
            let notLinked = AcquisitionError(.profileNotLinked, "scripted")
            expect(other.failed(flight, notLinked, now: now.boot, draw: 1), .thrownAway)
            try expectLocked(&other, by: Self.lock, now: now)
        }
        state.clockWasSet()
        try expectLocked(&state, by: Self.lock, now: now)
    }

    /// For calls that change what they are made on, which `#expect` alone does not take.
    private func expect<Value: Equatable>(
        _ value: Value,
        _ expected: Value,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(value == expected, sourceLocation: sourceLocation)
    }

    /// Nothing comes out of a locked lane, whatever is asked of it.
    private func expectLocked(_ state: inout LaneState, by lock: ProfileLock, now: Moment) throws {
        #expect(state.token == nil && state.failure == nil && state.flight == nil)
        for minimum: TimeInterval in [0, 900, 86_400] {
            guard case .locked(lock) = state.asked(minimumRemaining: minimum, now: now) else { throw Missing() }
        }
        guard case .locked(lock) = state.waited(now: now, error: AcquisitionError(.timedOut, "")) else {
            throw Missing()
        }
        expect(state.examined(now: now), .look(at: nil))
        expect(state.refreshDemanded(), .locked(lock))
        #expect(state.flight == nil)
    }

    @Test(arguments: Situation.allCases)
    func anUnlockBeginsAnew(_ situation: Situation) throws {
        var (state, now) = try make(situation)
        let flight = state.flight
        _ = state.locked(Self.lock)
        state.unlocked()
        #expect(ProfileStatus(try Self.profile, state, now: now).state == .absent)
        // A flight from before the lock may land only now, and counts for nothing.
        if let flight { expect(state.renewed(flight, now: Self.now, cached), .thrownAway) }
        expect(state.examined(now: now), (situation == .prefetched ? .renew : .look(at: nil)))
        switch state.asked(minimumRemaining: 0, now: now) {
        case .wait(let start): #expect(start == (situation != .prefetched))
        case .release, .releaseAndRenew, .refuse, .locked: throw Missing()
        }
        let new = try required(state.flight)
        #expect(new != flight)
        if let flight {
            expect(state.renewed(flight, now: Self.now, cached), .thrownAway)
            #expect(state.flight == new)
        }
        expect(state.renewed(new, now: Self.now, cached), .noted)
        #expect(state.token != nil)
    }

    @Test(arguments: Situation.allCases)
    func anUnlockWithoutALockChangesNothing(_ situation: Situation) throws {
        var (state, now) = try make(situation)
        let before = (state.token?.generation, state.flight, state.failure?.count)
        let status = ProfileStatus(try Self.profile, state, now: now)
        state.unlocked()
        #expect(before == (state.token?.generation, state.flight, state.failure?.count))
        #expect(ProfileStatus(try Self.profile, state, now: now) == status)
    }

    @Test func aLockAfterALockReplacesIt() throws {
        var (state, now) = try make(.fresh)
        _ = state.locked(Self.lock)
        expect(state.locked(Self.later), false)
        try expectLocked(&state, by: Self.later, now: now)
        state.unlocked()
        #expect(state.lock == nil)
    }

    @Test func aTokenAfterALockIsToldFromTheOneBefore() throws {
        var (state, _) = try make(.fresh)
        let before = try required(state.token).generation
        _ = state.locked(Self.lock)
        state.unlocked()
        _ = state.refreshDemanded()
        try expect(state.renewed(required(state.flight), now: Self.now, cached), .noted)
        #expect(try required(state.token).generation > before)
    }

    @Test func aLaneMayBeLockedFromTheStart() throws {
        var state = LaneState(prefetch: true, lock: Self.lock)
        try expectLocked(&state, by: Self.lock, now: Self.now)
    }
}
