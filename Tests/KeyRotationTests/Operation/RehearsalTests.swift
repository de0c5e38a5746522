import BrokerTesting
import FoundationEssentials
import Synchronization
import Testing

@testable import KeyRotation

/// What a rehearsal says a rotation would do is what it then does.
struct RehearsalTests {
    /// The calls of a run, in a few words each.
    private final class Log: Sendable {
        private let calls = Mutex<[String]>([])
        var all: [String] { calls.withLock { $0 } }
        func add(_ call: String) { calls.withLock { $0.append(call) } }
    }

    private static let punctual = ProofWorld.Case.all.filter { $0.delays.listing == 0 && $0.delays.working == 0 }

    private static func word(_ id: KeyID) -> String { id == KeyID("key-old") ? "old" : "new" }

    private static func words(_ call: IssuerCall) -> String {
        switch call {
        case .list: "list"
        case .create: "create"
        case .read(let id): "read \(word(id))"
        case .verify(let id, _): "verify \(word(id))"
        case .activity(let id): "activity \(word(id))"
        case .disable(let id): "disable \(word(id))"
        case .enable(let id): "enable \(word(id))"
        case .delete(let id): "delete \(word(id))"
        }
    }

    private static func words(_ step: RotationRehearsal.Step) -> String? {
        switch step.action {
        case .issuer(.list): "list"
        case .issuer(.create): "create"
        case .issuer(.read(let id)): "read \(word(id))"
        case .issuer(.verify(let id)): "verify \(word(id))"
        case .issuer(.activity(let id)): "activity \(word(id))"
        case .issuer(.disable(let id)): "disable \(word(id))"
        case .issuer(.enable(let id)): "enable \(word(id))"
        case .issuer(.delete(let id)): "delete \(word(id))"
        case .sink(_, .publish): "publish"
        case .sink(_, .inspect): "inspect"
        case .sink(_, .restore): "restore"
        case .sink(_, .forget): "forget"
        case .wait, .acknowledgement, .consumers: nil
        }
    }

    private static func world(_ theCase: ProofWorld.Case, _ log: Log) throws -> ProofWorld {
        try #require(
            ProofWorld(
                theCase,
                issuerHooks: ScriptedIssuer.Hooks(before: { call in
                    log.add(words(call))
                    return nil
                }),
                sinkHooks: ScriptedSink.Hooks(before: { call in
                    log.add(call.kind)
                    return nil
                })
            )
        )
    }

    private static func rehearse(_ world: ProofWorld, _ driver: RotationDriver) async throws -> [String] {
        guard case .keys(let keys) = try await world.issuer.perform(.list) else { return [] }
        var rehearsal = RotationRehearsal(
            driver.machine,
            from: driver.state,
            keys: keys,
            now: world.watch.now,
            rotation: RotationID(77)
        )
        let (steps, refusal) = rehearsal.play()
        #expect(refusal == nil)
        return steps.compactMap(words)
    }

    @Test(arguments: punctual)
    func aRunMakesTheCallsOfItsRehearsalFromEveryPointOn(_ theCase: ProofWorld.Case) async throws {
        let points = try await #require(ProofWorld(theCase)).pointsOfInterest()
        for steps in [0] + points.map(\.steps) {
            let log = Log()
            let world = try Self.world(theCase, log)
            var driver = try await world.driver()
            try await world.take(steps, &driver)
            let rehearsed = try await Self.rehearse(world, driver)
            let before = log.all.count
            while try await world.advance(&driver) {}
            #expect(driver.state.lastSuccess != nil)
            #expect(Array(log.all.dropFirst(before)) == rehearsed, "\(theCase.testDescription), after \(steps) steps")
        }
    }

    @Test(arguments: punctual.filter { !$0.traits.isSingular && $0.hasOldKey })
    func aRollbackMakesTheCallsOfItsRehearsal(_ theCase: ProofWorld.Case) async throws {
        let log = Log()
        let world = try Self.world(theCase, log)
        try await world.adoptOldKey()
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .overlap { _ = try await world.advance(&driver) }
        #expect(try await driver.carryOut(.rollback) == nil)
        let rehearsed = try await Self.rehearse(world, driver)
        let before = log.all.count
        while try await world.advance(&driver) {}
        #expect(rehearsed.contains("delete new"))
        #expect(Array(log.all.dropFirst(before)) == rehearsed)
    }

    @Test func whatARunWouldRefuseTheRehearsalRefusesInTheSameWords() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        world.issuer.change(KeyID("key-old")) { $0.isLocked = true }
        guard case .keys(let keys) = try await world.issuer.perform(.list) else { return }
        let driver = try await world.driver()
        var rehearsal = RotationRehearsal(
            driver.machine,
            from: driver.state,
            keys: keys,
            now: world.watch.now,
            rotation: RotationID(77)
        )
        let (steps, refusal) = rehearsal.play()
        #expect(steps.compactMap(Self.words) == ["list"])
        let end = await world.run()
        #expect(refusal != nil)
        #expect(end == .halted(refusal ?? ""))
    }

    @Test func aRehearsalOfAPausedPlanShowsWhatItWouldDo() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        var driver = try await world.driver()
        let plain = try await Self.rehearse(world, driver)
        #expect(try await driver.carryOut(.pause) == nil)
        #expect(try await Self.rehearse(world, driver) == plain)
        #expect(driver.state.suspension != nil)
        #expect(world.issuer.creations == 0)
    }
}
