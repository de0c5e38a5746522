import AccessPolicy
import BrokerTesting
import FoundationEssentials
import Synchronization
import Testing

@testable import TokenBroker

/// That a call of ``TokenBroker/lock(_:by:)`` returned, for many tasks to look at.
private final class Flag: Sendable {
    let isReturned = Atomic(false)
}

/// Locks as operators and workloads see them, with flights, waiters and a store that fails.
struct LockTests {
    private static let stored = ProfileLock(since: ManualTime.start.addingTimeInterval(-60), by: 5)

    private static func reports() throws -> ProfileName { try World.name("reports") }

    @Test(arguments: [true, false])
    func aLockedProfileGivesNothingUntilItIsUnlocked(byName: Bool) async throws {
        let world = try World()
        let profile = byName ? try Self.reports() : nil
        _ = try await world.ask().get()
        let locks = try await world.broker.lock(profile, by: 7)
        #expect(locks[profile] == ProfileLock(since: ManualTime.start, by: 7))
        #expect(world.locks.stored == locks)
        let refusal = try required(try world.peek().refusal)
        #expect(refusal.error.code == .locked)
        #expect(
            refusal.error.message.contains("profile reports has been locked by an operator since 2026-09-01T10:00:00Z")
        )
        #expect(try await world.ask().code == .locked)
        #expect(try await world.lane.refresh(deadline: world.deadline)?.code == .locked)
        #expect(world.exchanger.calls.count == 1)
        #expect(try await world.broker.unlock(profile, by: 8).isEmpty)
        #expect(world.locks.stored.isEmpty)
        _ = try await world.ask().get()
        #expect(world.exchanger.calls.count == 2)
        let name = try Self.reports()
        #expect(
            world.audit.events.filter { if case .tokenObtained = $0 { false } else { true } } == [
                .tokenDropped(name), .locked(profile, by: 7), .unlocked(profile, by: 8),
            ]
        )
    }

    @Test func aLockOfAllAlsoDropsTheIdentityToken() async throws {
        let world = try World()
        _ = try await world.ask().get()
        for (profile, identities) in [(try Self.reports(), 1), (nil, 2)] as [(ProfileName?, Int)] {
            _ = try await world.broker.lock(profile, by: 0)
            _ = try await world.broker.unlock(profile, by: 0)
            _ = try await world.ask().get()
            #expect(world.identity.callCount == identities)
        }
    }

    @Test func anIdentityTokenThatArrivesAfterALockOfAllIsNotKeptAndNotUsed() async throws {
        let world = try World()
        world.identity.script.hold()
        let caller = Task { try await world.ask() }
        await world.identity.script.arrivals(1)
        _ = try await world.broker.lock(nil, by: 0)
        #expect(try await caller.value.code == .locked)
        _ = try await world.broker.unlock(nil, by: 0)
        let next = Task { try await world.ask() }
        await world.identity.script.arrivals(2)
        world.identity.script.release()
        _ = try await next.value.get()
        #expect(world.exchanger.calls.count == 1)
        #expect(world.identity.callCount == 2)
    }

    @Test func anIdentityTokenThatWasOnItsWayIsNotKept() async throws {
        let source = ScriptedIdentitySource(always: World.identityToken())
        let identity = IdentityTokens(source: source, time: ManualTime())
        source.script.hold()
        let first = Task { try await identity.token() }
        await source.script.arrivals(1)
        await identity.forget()
        source.script.release()
        _ = try await first.value
        for _ in 1...2 {
            _ = try await identity.token()
            #expect(source.callCount == 2)
        }
    }

    @Test func whoWaitsIsRefusedAtOnceAndTheLateTokenIsThrownAway() async throws {
        let world = try World()
        // The exchange is over and the key set hangs, which no lock can cancel.
        world.keySets.script.hold()
        let callers = (0..<20).map { _ in Task { try await world.ask() } }
        await world.keySets.script.arrivals(1)
        let refresh = Task { try await world.lane.refresh(deadline: world.deadline) }
        _ = try await world.broker.lock(try Self.reports(), by: 0)
        for caller in callers { #expect(try await caller.value.code == .locked) }
        #expect(try await refresh.value?.code == .locked)
        world.keySets.script.release()
        // The flight lands: after the lock, that is the second event.
        let name = try Self.reports()
        #expect(await world.audit.events(2) == [.locked(name, by: 0), .tokenDropped(name)])
        #expect(try world.peek().refusal?.error.code == .locked)
        _ = try await world.broker.unlock(try Self.reports(), by: 0)
        #expect(world.broker.status.first?.state == .absent)
        _ = try await world.ask().get()
        #expect(world.exchanger.calls.count == 2)
    }

    @Test func nobodyGetsATokenOnceTheLockHasReturned() async throws {
        let world = try World()
        _ = try await world.ask().get()
        let (lane, permit, lock) = (try world.lane, try World.permit(), Flag())
        let releasedTooLate = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var count = 0
                    for _ in 0..<20_000 {
                        let isLocked = lock.isReturned.load(ordering: .acquiring)
                        if lane.token(permit, now: world.time.now).released != nil, isLocked { count += 1 }
                    }
                    return count
                }
            }
            _ = try await world.broker.lock(nil, by: 0)
            lock.isReturned.store(true, ordering: .releasing)
            return try await group.reduce(0, +)
        }
        #expect(releasedTooLate == 0)
        #expect(try world.peek().refusal?.error.code == .locked)
    }

    @Test func anExchangeUnderWayIsGivenUp() async throws {
        let world = try World()
        world.exchanger.script.hold()
        let caller = Task { try await world.ask() }
        await world.exchanger.script.arrivals(1)
        _ = try await world.broker.lock(nil, by: 0)
        #expect(try await caller.value.code == .locked)
        #expect(world.exchanger.script.heldCount == 0)
        world.exchanger.script.release()
        _ = try await world.broker.unlock(nil, by: 0)
        // The error of the attempt that was given up is not remembered.
        _ = try await world.ask().get()
    }

    @Test func aLockFromBeforeTheStartHoldsAndNothingIsPrefetched() async throws {
        for locks in [LockSet(all: Self.stored), LockSet(profiles: [try Self.reports(): Self.stored])] {
            let world = try World(prefetch: true, locks: ScriptedLockStore(locks))
            let service = Task { await world.broker.keepFresh() }
            #expect(try world.peek().refusal?.error.code == .locked)
            #expect(world.broker.status.first?.lockedSince == Self.stored.since)
            // The service sleeps for the longest time there is: it has nothing to do.
            await world.time.sleeper(until: world.time.now.boot + .seconds(3_600))
            #expect(world.identity.callCount == 0)
            _ = try await world.broker.unlock(locks.all == nil ? try Self.reports() : nil, by: 0)
            await world.exchanger.script.arrivals(1)
            service.cancel()
            await service.value
        }
    }

    @Test func noTokenIsRenewedWhileLocked() async throws {
        let world = try World(prefetch: true)
        let start = world.time.now.boot
        let service = Task { await world.broker.keepFresh() }
        await world.time.sleeper(until: start + .seconds(1_110))
        _ = try await world.broker.lock(try Self.reports(), by: 0)
        // What is left to wake for is the key set.
        await world.time.sleeper(until: start + .seconds(1_650))
        world.time.advance(by: .seconds(3_000))
        #expect(world.exchanger.calls.count == 1)
        service.cancel()
        await service.value
    }

    @Test func aStoreThatCannotBeReadStopsEverything() {
        let store = ScriptedLockStore(loadFailure: LockStoreError("scripted"))
        #expect(throws: LockStoreError("scripted")) { try StoredLocks(reading: store) }
    }

    @Test func aLockHoldsBeforeItIsStored() async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.locks.script.hold()
        let lock = Task { try await world.broker.lock(nil, by: 0) }
        await world.locks.script.arrivals(1)
        #expect(try world.peek().refusal?.error.code == .locked)
        world.locks.script.release()
        #expect(try await lock.value.all != nil)
    }

    @Test func aLockThatCannotBeStoredHoldsUntilARestartAndSaysSo() async throws {
        let world = try World()
        world.locks.script.append(.failure(AcquisitionError(.forbidden, "no space")))
        let error = await #expect(throws: LockFailure.self) { try await world.broker.lock(nil, by: 0) }
        #expect(error?.code == .notStored)
        #expect(error?.message == "the lock holds now but would not survive a restart: no space")
        #expect(try world.peek().refusal?.error.code == .locked)
        #expect(world.locks.stored.isEmpty)
        // Once more: it is the same lock, and it is stored now.
        world.time.advance(by: .seconds(60))
        let locks = try await world.broker.lock(nil, by: 9)
        #expect(locks.all == ProfileLock(since: ManualTime.start, by: 0))
        #expect(world.locks.stored == locks)
        #expect(world.audit.events == [.locked(nil, by: 0), .locked(nil, by: 9)])
    }

    /// With `.timedOut` the store has written, and nobody knows whether that lasts.
    @Test(arguments: [AcquisitionError.Code.forbidden, .timedOut])
    func anUnlockThatCannotBeStoredUnlocksNothing(code: AcquisitionError.Code) async throws {
        let world = try World()
        let locks = try await world.broker.lock(nil, by: 0)
        world.locks.script.append(.failure(AcquisitionError(code, "no space")))
        let error = await #expect(throws: LockFailure.self) { try await world.broker.unlock(nil, by: 0) }
        #expect(error?.code == .notStored)
        #expect(error?.message == "nothing was unlocked: no space")
        #expect(world.locks.stored == locks)
        #expect(try world.peek().refusal?.error.code == .locked)
        #expect(world.audit.events == [.locked(nil, by: 0)])
        #expect(try await world.broker.unlock(nil, by: 0).isEmpty)
    }

    @Test func anUnlockThatMayHaveBeenStoredAndCannotBeTakenBackSaysSo() async throws {
        let world = try World()
        _ = try await world.broker.lock(nil, by: 0)
        world.locks.script.append(
            .failure(AcquisitionError(.timedOut, "broken disk")),
            .failure(AcquisitionError(.forbidden, "broken disk"))
        )
        let error = await #expect(throws: LockFailure.self) { try await world.broker.unlock(nil, by: 0) }
        #expect(error?.message == "nothing was unlocked: broken disk; a restart may unlock it nevertheless")
        #expect(try world.peek().refusal?.error.code == .locked)
    }

    @Test func aProfileIsNotUnlockedAloneWhileAllAreLocked() async throws {
        let world = try World()
        _ = try await world.broker.lock(try Self.reports(), by: 1)
        let locks = try await world.broker.lock(nil, by: 2)
        let error = await #expect(throws: LockFailure.self) {
            try await world.broker.unlock(try Self.reports(), by: 0)
        }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("unlock all first") == true)
        #expect(world.locks.stored == locks)
    }

    @Test func anUnlockOfAllLeavesWhatWasLockedByName() async throws {
        let world = try World()
        _ = try await world.broker.lock(try Self.reports(), by: 1)
        _ = try await world.broker.lock(nil, by: 2)
        let left = try await world.broker.unlock(nil, by: 3)
        #expect(left == LockSet(profiles: [try Self.reports(): ProfileLock(since: ManualTime.start, by: 1)]))
        #expect(try world.peek().refusal?.error.code == .locked)
        #expect(try await world.broker.unlock(nil, by: 3) == left)
        #expect(try await world.broker.unlock(try Self.reports(), by: 3).isEmpty)
        #expect(try world.peek().mustWait)
    }

    @Test func ofTwoLocksTheFirstSaysSinceWhen() async throws {
        let world = try World()
        _ = try await world.broker.lock(nil, by: 0)
        world.time.advance(by: .seconds(60))
        _ = try await world.broker.lock(try Self.reports(), by: 0)
        #expect(world.broker.status.first?.lockedSince == ManualTime.start)
        _ = try await world.broker.unlock(nil, by: 0)
        #expect(world.broker.status.first?.lockedSince == ManualTime.start.addingTimeInterval(60))
    }

    @Test func anUnlockOfWhatIsNotLockedDisturbsNobody() async throws {
        let world = try World()
        _ = try await world.ask().get()
        #expect(try await world.broker.unlock(nil, by: 0).isEmpty)
        #expect(try await world.broker.unlock(try Self.reports(), by: 0).isEmpty)
        #expect(try world.peek().released != nil)
        #expect(world.locks.script.calls.isEmpty)
        #expect(world.audit.events.count == 1)
    }

    @Test func aLockThatComesWhileAnUnlockIsStoredWins() async throws {
        let world = try World()
        _ = try await world.broker.lock(nil, by: 1)
        world.locks.script.hold()
        let unlock = Task { try await world.broker.unlock(nil, by: 2) }
        await world.locks.script.arrivals(2)
        let lock = Task { try await world.broker.lock(nil, by: 3) }
        // The lock was demanded and waits for its turn at the store.
        _ = await world.audit.events(2)
        world.locks.script.release()
        let error = await #expect(throws: LockFailure.self) { try await unlock.value }
        #expect(error?.code == .conflict)
        let locks = try await lock.value
        #expect(locks.all?.by == 1)
        #expect(world.locks.stored == locks)
        #expect(try world.peek().refusal?.error.code == .locked)
    }

    @Test func aLockOfAnotherProfileDoesNotStopAnUnlock() async throws {
        let world = try World()
        _ = try await world.broker.lock(try Self.reports(), by: 1)
        world.locks.script.hold()
        let unlock = Task { try await world.broker.unlock(try Self.reports(), by: 2) }
        await world.locks.script.arrivals(2)
        let lock = Task { try await world.broker.lock(nil, by: 3) }
        // All are locked although the store is busy.
        _ = await world.audit.events(2)
        world.locks.script.release()
        #expect(try await unlock.value.profiles.isEmpty)
        let left = LockSet(all: ProfileLock(since: ManualTime.start, by: 3))
        #expect(try await lock.value == left)
        #expect(world.locks.stored == left)
        #expect(try world.peek().refusal?.error.code == .locked)
    }

    @Test func whatIsNotConfiguredCannotBeLockedButUnlocked() async throws {
        let old = try World.name("old")
        let world = try World(locks: ScriptedLockStore(LockSet(profiles: [old: Self.stored])))
        for name in [old, try World.name("never")] {
            if name != old {
                let error = await #expect(throws: LockFailure.self) { try await world.broker.lock(name, by: 0) }
                #expect(error?.code == .unknownProfile)
            } else {
                #expect(try await world.broker.unlock(name, by: 0).isEmpty)
            }
            let error = await #expect(throws: LockFailure.self) { try await world.broker.unlock(name, by: 0) }
            #expect(error?.message == "there is no profile \(name)")
        }
    }

    @Test func theScriptedStoreIsALockStore() async throws {
        let store = ScriptedLockStore()
        try await checkConformance(of: store, reopened: { store })
        store.script.append(.failure(AcquisitionError(.forbidden, "scripted")))
        try await checkFailure(of: store)
    }
}
