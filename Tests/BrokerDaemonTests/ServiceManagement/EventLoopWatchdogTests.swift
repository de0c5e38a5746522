import BrokerTesting
import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import Testing
import TokenBroker

@testable import BrokerDaemon

@Suite(.timeLimit(.minutes(1)))
struct EventLoopWatchdogTests {
    @Test func aSignOfLifeComesOnceAnInterval() async throws {
        let world = WatchdogWorld()
        try await world.watching {
            await world.life.wait(for: 1)
            for count in 2...4 {
                await world.time.sleeper(until: world.time.now.boot + WatchdogWorld.interval)
                #expect(world.life.count == count - 1)
                world.time.advance(by: WatchdogWorld.interval)
                await world.life.wait(for: count)
            }
        }
    }

    @Test(arguments: [0, 1])
    func oneEventLoopThatDoesNotTurnEndsThem(stuck: Int) async throws {
        let world = WatchdogWorld()
        let (entered, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        try await world.watching {
            await world.life.wait(for: 1)
            await world.time.sleeper(until: world.time.now.boot + WatchdogWorld.interval)
            world.loops[stuck]
                .execute {
                    entered.signal()
                    release.wait()
                }
            await world.life.block { entered.wait() }
            world.time.advance(by: WatchdogWorld.interval)
            // The other loop turns: whatever was submitted to it before this has run.
            try await world.loops[1 - stuck].submit {}.get()
            world.time.advance(by: WatchdogWorld.interval * 10)
            #expect(world.life.count == 1)
            release.signal()
            await world.life.wait(for: 2)
        }
    }

    @Test func aStopDoesNotWaitForALoopThatDoesNotTurn() async throws {
        let world = WatchdogWorld()
        let (entered, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        defer { release.signal() }
        world.loops[0]
            .execute {
                entered.signal()
                release.wait()
            }
        await world.life.block { entered.wait() }
        try await world.watching {}
        #expect(world.life.count == 0)
    }
}

/// Two event loops, and a count of the signs of life.
private struct WatchdogWorld {
    static let interval: Duration = .seconds(10)
    let time = ManualTime()
    let life = Life()
    let loops = (0..<2).map { _ in MultiThreadedEventLoopGroup(numberOfThreads: 1).next() }

    /// Runs `body` while the watchdog watches, and stops that.
    func watching(_ body: () async throws -> Void) async throws {
        let watchdog = EventLoopWatchdog(loops: loops, interval: Self.interval, time: time) { [life] in life.sign() }
        let task = Task { await watchdog.watch() }
        try await body()
        task.cancel()
        await task.value
    }
}

/// Signs of life so far.
private final class Life: Sendable {
    private struct Protected {
        var count = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let protected = Mutex(Protected())

    var count: Int { protected.withLock { $0.count } }

    func sign() {
        let done = protected.withLock { protected in
            protected.count += 1
            let count = protected.count
            let done = protected.waiters.filter { $0.count <= count }
            protected.waiters.removeAll { $0.count <= count }
            return done
        }
        for waiter in done { waiter.continuation.resume() }
    }

    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = protected.withLock { protected in
                if protected.count >= count { return true }
                protected.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Runs what blocks on a thread of its own.
    func block(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "blocking")
                .async {
                    body()
                    continuation.resume()
                }
        }
    }
}
