import BrokerAPI
import BrokerTesting
import Foundation
import KeyRotation
import Testing
import TokenBroker

@testable import BrokerDaemon

/// A certificate's lane is the issuer of its keys.
@Suite(.timeLimit(.minutes(1)))
struct CertificateKeyIssuerTests {
    private func issuer(_ lane: CertificateLane, _ world: CertificateWorld) -> CertificateKeyIssuer {
        let time = world.time
        return CertificateKeyIssuer(lane: lane, now: { time.now.wall })
    }

    private func name() throws -> KeyName {
        KeyName(try #require(PlanName(rawValue: "web")), RotationID(1))
    }

    @Test func itDoesWhatEveryIssuerDoes() async throws {
        let world = CertificateWorld()
        let plan = try #require(PlanName(rawValue: "web"))
        try await world.running { lane in
            _ = await world.audit.events(1)
            try await checkConformance(
                of: issuer(lane, world),
                traits: KeyTarget.certificate("share").traits,
                plan: plan,
                pause: { await Task.yield() },
                drawing: { .none }
            )
            #expect(world.calls.count { $0 == "renew" } == 2)
        }
    }

    @Test func beforeTheFilesWereLookedAtNothingIsKnown() async throws {
        let world = CertificateWorld()
        let issuer = issuer(world.lane(), world)
        try await checkFault(of: issuer, in: .list, code: .notSent, secrets: [])
        try await checkFault(of: issuer, in: .verify(KeyID("01"), .none), code: .notSent, secrets: [])
    }

    @Test func aCertificateThatEndedOrIsAnotherDoesNotPass() async throws {
        let world = CertificateWorld(
            renewals: [nil] + .init(repeating: UpkeepFailure("no", isLasting: true), count: 99)
        )
        try await world.running { lane in
            let issuer = issuer(lane, world)
            _ = await world.audit.events(1)
            guard case .done = try await issuer.perform(.verify(KeyID("01"), .none)) else {
                Issue.record("it is in the files")
                return
            }
            try await checkFault(of: issuer, in: .verify(KeyID("02"), .none), code: .notUsable, secrets: [])
            world.time.setWall(by: CertificateWorld.life)
            try await checkFault(of: issuer, in: .verify(KeyID("01"), .none), code: .notUsable, secrets: [])
        }
    }

    @Test(
        arguments: [
            (UpkeepFailure("late"), IssuerFault.Code.unknownOutcome, nil),
            (UpkeepFailure("slow", retryAfter: .seconds(90)), .unknownOutcome, 90),
            (UpkeepFailure("locked", isLasting: true), .rejected, nil),
        ] as [(UpkeepFailure, IssuerFault.Code, TimeInterval?)]
    )
    func aRenewalThatFailsIsAFault(
        failure: UpkeepFailure,
        code: IssuerFault.Code,
        retryAfter: TimeInterval?
    ) async throws {
        let world = CertificateWorld(renewals: [nil, failure])
        let name = try name()
        try await world.running { lane in
            _ = await world.audit.events(1)
            guard case .fault(let fault) = try await issuer(lane, world).perform(.create(name, nil)) else {
                Issue.record("there is a fault")
                return
            }
            #expect(fault == IssuerFault(code, failure.message, retryAfter: retryAfter))
            // The certificate in use stays.
            #expect(lane.status.serial == "01")
        }
    }

    @Test func aRenewalIsMadeAtOnceAndToldToWhoUsesTheFiles() async throws {
        let world = CertificateWorld()
        try await world.running { lane in
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            #expect(world.calls == ["renew", "reload"])
            let held = try await lane.renewNow().get()
            #expect(held.serial == "02")
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            #expect(world.calls == ["renew", "reload", "renew", "reload"])
            #expect(lane.status.serial == "02")
            // The schedule begins anew.
            #expect(lane.status.nextAttemptIn == 2_400)
        }
    }

    @Test func aReloadThatFailsDoesNotMakeTheNewCertificateAFailure() async throws {
        let world = CertificateWorld(reloads: [nil, UpkeepFailure("reload", isLasting: true)])
        try await world.running { lane in
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            let held = try await lane.renewNow().get()
            #expect(held.serial == "02")
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(lane.status.lastError == "reload")
        }
    }

    @Test func aStoppedLaneAnswersWhoeverAsks() async throws {
        let world = CertificateWorld()
        let lane = world.lane()
        let early = Task { await lane.renewNow() }
        let run = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await lane.run()
        }
        await run.value
        _ = await early.value
        #expect(await lane.renewNow() == .failure(.cancelled))
    }

    /// At a stop the rotations end before the certificates do.
    @Test func whoIsStoppedDoesNotWaitForTheLane() async throws {
        let world = CertificateWorld()
        // Nobody runs it: its answer never comes.
        let lane = world.lane()
        let issuer = issuer(lane, world)
        let name = try name()
        let task = Task { try await issuer.perform(.create(name, nil)) }
        task.cancel()
        await #expect(throws: Interruption.self) { _ = try await task.value }
        let run = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await lane.run()
        }
        await run.value
    }
}
