import BrokerTesting
import FoundationEssentials
import Synchronization
import Testing

@testable import KeyRotation

/// The old key stays until the nodes of the fleet have the new one in use.
struct ConsumerTests {
    /// What the nodes say, as the test wants it.
    private final class Board: ConsumerBoard {
        private let consumers = Mutex<[KeyConsumer]>([])
        private let failure = Mutex<JournalError?>(nil)

        func say(_ consumers: [KeyConsumer]) { self.consumers.withLock { $0 = consumers } }
        func fail(_ error: JournalError?) { failure.withLock { $0 = error } }

        func consumers(of plan: PlanName) async throws(JournalError) -> [KeyConsumer] {
            if let error = failure.withLock({ $0 }) { throw error }
            return consumers.withLock { $0 }
        }

        func acknowledge(_ rotation: RotationID?, of plan: PlanName, now: Date) async throws(JournalError) {}
        func withdraw(from plan: PlanName) async throws(JournalError) {}
    }

    private static let fleet = ProofWorld.Case.all.first { $0.isFleet }
    private static let oldKey = KeyID("key-old")

    private let world: ProofWorld
    private let board = Board()

    init() throws {
        let fleet = try #require(Self.fleet)
        world = try #require(ProofWorld(fleet, board: board))
    }

    private func consumer(
        _ name: String,
        _ rotation: RotationID?,
        seenBefore: TimeInterval = 0,
        isLive: Bool = true
    ) throws -> KeyConsumer {
        KeyConsumer(
            node: try #require(NodeName(rawValue: name)),
            inUse: rotation,
            since: nil,
            lastSeen: world.watch.now.addingTimeInterval(-seenBefore),
            isLive: isLive
        )
    }

    private func reach(_ stage: RotationStage, _ driver: inout RotationDriver) async throws {
        while driver.state.cycle?.stage != stage {
            if let rotation = driver.state.current?.rotation { board.say([try consumer("a", rotation)]) }
            try #require(try await world.advance(&driver))
        }
    }

    @Test func aNodeThatIsBehindIsWaitedForAndNamed() async throws {
        var driver = try await world.driver()
        try await reach(.acknowledge, &driver)
        let rotation = try #require(driver.state.cycle?.rotation)
        board.say([try consumer("a", rotation), try consumer("b", nil), try consumer("c", RotationID(7))])
        let events = world.journal.events.count
        for _ in 0..<3 {
            guard case .rest(let until?) = try await driver.step() else { throw Unexpected() }
            #expect(until > world.watch.now)
            #expect(driver.awaited.map(\.node.rawValue) == ["b", "c"])
            world.watch.advance(to: until)
        }
        // Asking again writes nothing.
        #expect(world.journal.events.count == events)
        board.say([try consumer("a", rotation), try consumer("b", rotation), try consumer("c", rotation)])
        #expect(try await driver.step() == .acted)
        #expect(driver.state.cycle?.stage == .overlap)
        #expect(driver.awaited.isEmpty)
    }

    @Test(arguments: [(86_399.0, true), (86_400, false), (1e9, false), (-3_600, true)])
    func aNodeThatVanishedIsWaitedForForADay(seenBefore: TimeInterval, isAwaited: Bool) async throws {
        var driver = try await world.driver()
        try await reach(.acknowledge, &driver)
        board.say([try consumer("gone", nil, seenBefore: seenBefore, isLive: false)])
        let outcome = try await driver.step()
        #expect((outcome != .acted) == isAwaited)
        #expect(driver.state.cycle?.stage == (isAwaited ? .acknowledge : .overlap))
        if !isAwaited { #expect(world.journal.events.last?.detail.contains("vanished: gone") == true) }
    }

    /// It may have taken the new key, and been cut off before it could say so: what it said last is from before that.
    @Test func afterARollbackTheWordOfANodeThatIsAwayIsNotBelieved() async throws {
        var driver = try await world.driver()
        try await world.adoptOldKey()
        try await driver.load()
        let old = try #require(driver.state.current?.rotation)
        try await reach(.acknowledge, &driver)
        #expect(try await driver.carryOut(.rollback) == nil)
        while driver.state.cycle?.stage != .confirmDisable { try #require(try await world.advance(&driver)) }
        board.say([try consumer("away", old, isLive: false)])
        for _ in 0..<40 where try await driver.step() == .acted {}
        #expect(driver.awaited.map(\.node.rawValue) == ["away"])
        #expect(driver.state.cycle?.stage == .confirmDisable)
        board.say([try consumer("away", old)])
        #expect(try await driver.step() == .acted)
        #expect(driver.awaited.isEmpty)
    }

    @Test func whoStaysBehindForTooLongHaltsThePlanWithItsName() async throws {
        var driver = try await world.driver()
        try await reach(.acknowledge, &driver)
        board.say([try consumer("slow", nil)])
        world.watch.advance(by: driver.machine.pacing.acknowledgeWithin)
        board.say([try consumer("slow", nil)])
        #expect(try await driver.step() == .acted)
        let reason = try #require(driver.state.suspension?.reason)
        #expect(reason.contains("slow did not say"))
        #expect(reason.contains("iam-broker rotation release proof"))
    }

    @Test(arguments: [RotationStage.confirmDisable, .confirmDelete])
    func aNodeThatCameBackWithTheOldKeyIsSeenBeforeItGoes(_ stage: RotationStage) async throws {
        var driver = try await world.driver()
        try await reach(stage, &driver)
        board.say([try consumer("back", nil)])
        for _ in 0..<40 where try await driver.step() == .acted {}
        #expect(driver.state.cycle?.stage == stage)
        #expect(driver.awaited.map(\.node.rawValue) == ["back"])
        let old = world.issuer.keys.first { $0.id == Self.oldKey }
        #expect(old?.isDeleted == false)
        #expect(old?.isDisabled == (stage == .confirmDelete))
    }

    @Test func anOperatorMayReleaseTheOldKey() async throws {
        var driver = try await world.driver()
        try await reach(.acknowledge, &driver)
        board.say([try consumer("slow", nil)])
        #expect(try await driver.carryOut(.release) == nil)
        #expect(try await driver.carryOut(.release)?.message.contains("is released already") == true)
        while try await world.advance(&driver) {}
        #expect(driver.state.cycle == nil)
        #expect(driver.state.lastSuccess != nil)
        #expect(world.issuer.keys.first { $0.id == Self.oldKey }?.isDeleted == true)
        // The next rotation waits anew.
        #expect(try await driver.carryOut(.run(.now)) == nil)
        while driver.state.cycle?.stage != .acknowledge { try #require(try await world.advance(&driver)) }
        #expect(driver.state.cycle?.isReleased == nil)
    }

    @Test func aReleaseIsRefusedWhereNobodyIsWaitedFor() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        var driver = try await world.driver()
        #expect(try await driver.carryOut(.release)?.message == "no rotation of the plan waits for consumers")
        #expect(try await driver.step() == .acted)
        #expect(try await driver.carryOut(.release)?.message.contains("of one machine") == true)
        var first = try await self.world.driver()
        #expect(try await first.step() == .acted)
        #expect(try await first.carryOut(.release)?.message.contains("has not published the new key yet") == true)
    }

    @Test func aBoardThatCannotBeReadIsAFailureOfTheJournal() async throws {
        var driver = try await world.driver()
        try await reach(.acknowledge, &driver)
        board.fail(JournalError(.unavailable, "etcd is away"))
        await #expect(throws: RotationDriver.Stop.journal(JournalError(.unavailable, "etcd is away"))) {
            try await driver.step()
        }
        board.fail(nil)
        #expect(driver.state.cycle?.stage == .acknowledge)
    }

    @Test func afterARollbackNodesMustHaveTheOldKeyBeforeTheNewOneGoes() async throws {
        try await world.adoptOldKey()
        var driver = try await world.driver()
        try await reach(.acknowledge, &driver)
        let new = try #require(driver.state.cycle?.rotation)
        board.say([try consumer("a", new)])
        #expect(try await driver.carryOut(.rollback) == nil)
        var steps = 0
        while driver.awaited.isEmpty, steps < 200 {
            steps += 1
            try #require(try await world.advance(&driver))
        }
        #expect(driver.state.cycle?.isRolledBack == true)
        #expect(driver.awaited.map(\.node.rawValue) == ["a"])
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted })
        board.say([try consumer("a", driver.state.current?.rotation)])
        while try await world.advance(&driver) {}
        #expect(driver.state.cycle == nil)
        #expect(world.issuer.keys.first { $0.id == Self.oldKey }?.isDeleted == false)
        #expect(world.issuer.keys.first { $0.id == KeyID("key-3") }?.isDeleted == true)
    }

    @Test func aReleaseOfTheOldKeyIsNoneOfTheNewOne() async throws {
        try await world.adoptOldKey()
        var driver = try await world.driver()
        try await reach(.acknowledge, &driver)
        let new = try #require(driver.state.cycle?.rotation)
        board.say([try consumer("a", new), try consumer("dead", nil, isLive: false)])
        #expect(try await driver.carryOut(.release) == nil)
        #expect(try await driver.carryOut(.rollback) == nil)
        for _ in 0..<200 where driver.awaited.isEmpty { try #require(try await world.advance(&driver)) }
        #expect(driver.state.cycle?.isReleased == nil)
        #expect(driver.awaited.map(\.node.rawValue).contains("a"))
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted })
    }

    /// What was confirmed before days of waiting would be worth nothing.
    @Test func nodesAreHeardBeforeAllElseIsConfirmed() async throws {
        var driver = try await world.driver()
        try await reach(.confirmDelete, &driver)
        board.say([try consumer("back", nil)])
        guard case .rest = try await driver.step() else { throw Unexpected() }
        #expect(driver.state.cycle?.confirmed.isEmpty == true)
    }

    private struct Unexpected: Error {}
}
