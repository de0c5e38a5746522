import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import KeyRotation

/// Somebody edits a plan while a rotation is under way, and the daemon starts again with it.
struct EditedPlanTests {
    private static let apiKey = ProofWorld.Case.all[0]

    /// The same world under other rules.
    private func driver(
        _ world: ProofWorld,
        place: String = "here",
        sinks: [String] = ["first", "second"],
        change: @escaping @Sendable (Date) -> Date? = { $0 }
    ) async throws -> RotationDriver {
        let rules = world.driverParts.machine.rules
        let edited = RotationRules(
            plan: rules.plan,
            traits: rules.traits,
            place: place,
            sinks: sinks,
            replaces: rules.replaces,
            pacing: rules.pacing,
            limits: rules.limits,
            calendar: RotationCalendar(due: rules.calendar.due, start: rules.calendar.start, change: change)
        )
        var driver = RotationDriver(RotationMachine(edited), world.driverParts.world)
        try await driver.load()
        return driver
    }

    @Test func anotherTargetHaltsThePlanBeforeAnythingIsCalledThere() async throws {
        let stages: [RotationStage] = [.verify, .publish, .overlap, .confirmDisable, .disabled, .confirmDelete, .sweep]
        for stage in stages {
            let world = try #require(ProofWorld(Self.apiKey))
            var before = try await driver(world)
            while before.state.cycle?.stage != stage { #expect(try await world.advance(&before)) }
            var after = try await driver(world, place: "there")
            let calls = world.deaths.moments
            while try await world.advance(&after) {}
            let reason = try #require(after.state.suspension?.reason)
            #expect(reason.contains("the plan's target was here, where key-"))
            #expect(reason.contains("and is there now"))
            #expect(reason.contains("run: iam-broker rotation resume proof"))
            // One append, and no call.
            #expect(world.deaths.moments == calls + 2)
            // Put back, it goes on.
            before = try await driver(world)
            #expect(try await before.carryOut(.resume) == nil)
            while before.state.lastSuccess == nil { #expect(try await world.advance(&before)) }
            #expect(world.invariants(after: .finished) == [])
        }
    }

    @Test func anotherTargetBetweenRotationsHaltsThePlan() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        var before = try await driver(world)
        while before.state.lastSuccess == nil { #expect(try await world.advance(&before)) }
        var after = try await driver(world, place: "there")
        #expect(try await after.carryOut(.run(.now)) == nil)
        while try await world.advance(&after) {}
        #expect(after.state.suspension?.kind == .halted)
        #expect(world.issuer.creations == 1)
    }

    @Test(arguments: [
        KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil), .apiKey(iamID: "iam-ServiceId-2", account: nil),
        .resourceKey(ResourceKeyTarget(source: "crn", role: "Writer", serviceID: nil, endpoint: "", bucket: "")),
        .resourceKey(ResourceKeyTarget(source: "crn", role: "Writer", serviceID: "iam", endpoint: "", bucket: "")),
        .secret(SecretTarget(url: "u", id: "1", kind: .arbitrary)),
        .secret(SecretTarget(url: "v", id: "1", kind: .arbitrary)),
        .rootKey(RootKeyTarget(url: "u", instance: "i", id: "1")),
        .rootKey(RootKeyTarget(url: "u", instance: "j", id: "1")),
        .certificate("web"), .certificate("mail"),
    ])
    func placesAreToldApart(_ target: KeyTarget) {
        let all: [KeyTarget] = [
            .apiKey(iamID: "iam-ServiceId-1", account: nil), .apiKey(iamID: "iam-ServiceId-2", account: nil),
            .resourceKey(ResourceKeyTarget(source: "crn", role: "Reader", serviceID: nil, endpoint: "e", bucket: "b")),
            .resourceKey(ResourceKeyTarget(source: "crn", role: "Writer", serviceID: "iam", endpoint: "", bucket: "")),
            .secret(SecretTarget(url: "u", id: "1", kind: .arbitrary)),
            .secret(SecretTarget(url: "v", id: "1", kind: .arbitrary)),
            .rootKey(RootKeyTarget(url: "u", instance: "i", id: "1")),
            .rootKey(RootKeyTarget(url: "u", instance: "j", id: "1")), .certificate("web"), .certificate("mail"),
        ]
        // Role, endpoint and bucket may change without a key being left behind.
        #expect(all.filter { $0.place == target.place }.count == 1)
    }

    /// It may hold the old key, put there by hand.
    @Test func aSinkThatCameDuringTheRotationKeepsTheOldKeyAlive() async throws {
        for stage in [RotationStage.overlap, .proveIdle, .disabled] {
            let world = try #require(ProofWorld(Self.apiKey))
            var before = try await driver(world, sinks: ["first"])
            while before.state.cycle?.stage != stage { #expect(try await world.advance(&before)) }
            let wasDisabled = stage == .disabled
            var after = try await driver(world)
            while try await world.advance(&after) {}
            let reason = try #require(after.state.suspension?.reason)
            #expect(reason.contains("second came to the plan during the rotation and has no new key, so key-old stays"))
            #expect(reason.contains("iam-broker rotation rollback proof"))
            let old = try #require(world.issuer.keys.first { $0.id == KeyID("key-old") })
            #expect(!old.isDeleted && old.isDisabled == wasDisabled)
            // Taken out again, it goes on.
            before = try await driver(world, sinks: ["first"])
            #expect(try await before.carryOut(.resume) == nil)
            while before.state.lastSuccess == nil { #expect(try await world.advance(&before)) }
        }
    }

    @Test func aSinkThatComesBeforeTheEndOfThePublicationGetsTheKey() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        var before = try await driver(world, sinks: ["first"])
        while before.state.cycle?.candidate?.prints.isEmpty ?? true { #expect(try await world.advance(&before)) }
        var after = try await driver(world)
        while after.state.lastSuccess == nil { #expect(try await world.advance(&after)) }
        #expect(world.invariants(after: .finished) == [])
    }

    /// A deletion that is tried again and again does not slip into a blackout.
    @Test(arguments: [RotationStage.disable, .delete])
    func aBlackoutThatBeginsWhileTheOldKeyIsBeingTakenAwayHoldsThatUp(_ stage: RotationStage) async throws {
        let kind = stage.rawValue
        let isOut = Switch()
        let hooks = ScriptedIssuer.Hooks(before: { call in
            if call.kind == kind { isOut.count() }
            return call.kind == kind && isOut.isOn ? .fault(IssuerFault(.notSent, "the service is out")) : nil
        })
        let world = try #require(ProofWorld(Self.apiKey, issuerHooks: hooks))
        isOut.isOn = true
        let end = world.watch.now.addingTimeInterval(60 * 86_400)
        var driver = try await driver(world, change: { isOut.isDark ? max($0, end) : $0 })
        while driver.state.cycle?.stage != stage || driver.state.cycle?.attempts == 0 {
            #expect(try await world.advance(&driver))
        }
        isOut.isDark = true
        let calls = isOut.calls
        isOut.isOn = false
        for _ in 0..<3 { #expect(try await world.advance(&driver)) }
        #expect(isOut.calls == calls)
        #expect(world.watch.now == end)
        isOut.isDark = false
        while driver.state.lastSuccess == nil { #expect(try await world.advance(&driver)) }
        #expect(world.invariants(after: .finished) == [])
    }

    /// Nor does one of a key that nobody uses; consumers get theirs meanwhile.
    @Test func aBlackoutKeepsKeysThatNobodyUses() async throws {
        let isTwice = ScriptedIssuer.Hooks(isTwice: { $0.kind == "create" })
        let theCase = ProofWorld.Case.all[3]
        let world = try #require(ProofWorld(theCase, issuerHooks: isTwice))
        let end = world.watch.now.addingTimeInterval(30 * 86_400)
        var driver = try await driver(world, sinks: ["first"], change: { max($0, end) })
        while driver.state.cycle?.stage != .overlap { #expect(try await world.advance(&driver)) }
        #expect(world.watch.now < end)
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted })
        while driver.state.lastSuccess == nil {
            #expect(try await world.advance(&driver))
            if world.watch.now < end { #expect(world.issuer.keys.allSatisfy { !$0.isDeleted }) }
        }
        #expect(world.invariants(after: .finished, mostCreations: 4) == [])
    }
}
