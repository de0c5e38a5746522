import BrokerAPI
import BrokerTesting
import Foundation
import Testing
import TokenBroker

@testable import BrokerDaemon

/// A certificate is renewed at two thirds of its life, and whoever uses it is told.
@Suite(.timeLimit(.minutes(1)))
struct CertificateLaneTests {
    private static let start = ManualTime.start
    private static let failure = UpkeepFailure("no")

    private static func obtained(_ serial: String, at seconds: TimeInterval) -> AuditEvent {
        .certificateObtained(name: "share", serial: serial, expiresAt: start + seconds + CertificateWorld.life)
    }

    @Test func aMissingCertificateIsObtainedAtOnceAndThenAtTwoThirdsOfItsLife() async throws {
        let world = CertificateWorld()
        try await world.running { lane in
            await world.pass(.seconds(2_100))
            #expect(world.calls == ["renew", "reload"])
            await world.pass(.seconds(300))
            _ = await world.audit.events(2)
            await world.pass(.seconds(300))
            #expect(world.calls == ["renew", "reload", "renew", "reload"])
            #expect(world.audit.events == [Self.obtained("01", at: 0), Self.obtained("02", at: 2_400)])
            #expect(lane.status.state == "fresh")
            #expect(lane.status.serial == "02")
            #expect(lane.status.expiresIn == 3_300)
            #expect(lane.status.nextAttemptIn == 2_100)
        }
    }

    @Test func aCertificateInTheFilesIsKeptForAsLong() async throws {
        let held = CertificateWorld.Held(serial: "00", obtained: Self.start - 2_000, expires: Self.start + 1_600)
        let world = CertificateWorld(held: held)
        try await world.running { lane in
            await world.pass(.seconds(300))
            #expect(lane.status.serial == "00")
            // Whether its users were told of it before a restart, nobody knows.
            #expect(world.calls == ["reload"])
            await world.pass(.seconds(100))
            #expect(await world.audit.events(1) == [Self.obtained("01", at: 400)])
        }
    }

    @Test func filesThatSomebodyRemovedAreMadeAnew() async throws {
        let world = CertificateWorld()
        try await world.running { _ in
            _ = await world.audit.events(1)
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            world.lose()
            await world.pass(.seconds(300))
            #expect(await world.audit.events(2).last == Self.obtained("02", at: 300))
        }
    }

    @Test func aReloadThatFailsDoesNotPutOffARenewalThatIsDueBefore() async throws {
        let failure = UpkeepFailure("reload", retryAfter: .seconds(3_000))
        let world = CertificateWorld(reloads: [failure])
        try await world.running { _ in
            await world.pass(.seconds(2_400))
            #expect(await world.audit.events(3).last == Self.obtained("02", at: 2_400))
        }
    }

    @Test func theDrawMakesItEarlier() async throws {
        let world = CertificateWorld()
        // Half of a twentieth of an hour: 90 seconds.
        try await world.running(draw: 0.5) { lane in
            _ = await world.audit.events(1)
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            #expect(lane.status.nextAttemptIn == 2_310)
        }
    }

    @Test func aCertificateThatHasEndedIsReplacedAtOnce() async throws {
        let held = CertificateWorld.Held(serial: "00", obtained: Self.start - 7_200, expires: Self.start - 3_600)
        let world = CertificateWorld(held: held)
        try await world.running { _ in
            #expect(await world.audit.events(1) == [Self.obtained("01", at: 0)])
        }
    }

    @Test func certificatesOfASecondAreNotAskedForWithoutEnd() async throws {
        let world = CertificateWorld(life: 1)
        try await world.running { _ in
            _ = await world.audit.events(1)
            await world.pass(.seconds(30))
            _ = await world.audit.events(2)
            await world.time.sleeper(until: world.time.now.boot + .seconds(30))
            #expect(world.calls == ["renew", "reload", "renew", "reload"])
        }
    }

    @Test func failuresAreTriedAgainMoreAndMoreSeldom() async throws {
        let failures = [UpkeepFailure?](repeating: Self.failure, count: 3)
        let world = CertificateWorld(renewals: failures)
        try await world.running(draw: 0.5) { lane in
            for (count, delay) in [0.5, 1, 2].enumerated() {
                await world.pass(.milliseconds(Int(delay * 1_000)))
                #expect(world.audit.events.count == count + 1)
            }
            let events = await world.audit.events(4)
            #expect(events.dropLast().allSatisfy { $0 == .certificateFailed(name: "share", reason: "no") })
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            #expect(lane.status.state == "fresh")
            #expect(lane.status.lastError == nil)
        }
    }

    @Test(arguments: [
        (UpkeepFailure("locked", isLasting: true), 60),
        (UpkeepFailure("slow", retryAfter: .seconds(120)), 120),
    ])
    func whatTimeDoesNotHealIsNotAskedForAgainSoon(failure: UpkeepFailure, seconds: Int) async throws {
        let world = CertificateWorld(renewals: [failure])
        try await world.running { lane in
            _ = await world.audit.events(1)
            await world.time.sleeper(until: world.time.now.boot + .seconds(seconds))
            #expect(lane.status.state == "absent")
            #expect(lane.status.lastError == failure.message)
            #expect(lane.status.nextAttemptIn == seconds)
            await world.pass(.seconds(seconds))
            _ = await world.audit.events(2)
            #expect(world.calls.prefix(2) == ["renew", "renew"])
        }
    }

    @Test func aRenewalThatFailsLeavesTheCertificateInUse() async throws {
        let held = CertificateWorld.Held(serial: "00", obtained: Self.start - 2_400, expires: Self.start + 1_200)
        let world = CertificateWorld(held: held, renewals: [UpkeepFailure("no", isLasting: true)])
        try await world.running { lane in
            _ = await world.audit.events(1)
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(lane.status.state == "failing")
            #expect(lane.status.serial == "00")
            #expect(lane.status.expiresIn == 1_200)
        }
    }

    @Test func aCertificateThatIsNotRenewedExpires() async throws {
        let held = CertificateWorld.Held(serial: "00", obtained: Self.start - 3_590, expires: Self.start + 10)
        let world = CertificateWorld(held: held, renewals: [UpkeepFailure("no", isLasting: true), nil])
        try await world.running { lane in
            _ = await world.audit.events(1)
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            world.time.advance(by: .seconds(10))
            #expect(lane.status.state == "expired")
            #expect(lane.status.expiresIn == 0)
        }
    }

    @Test func aReloadThatFailsIsTriedAgainWithoutANewCertificate() async throws {
        let world = CertificateWorld(reloads: [UpkeepFailure("reload", isLasting: true)])
        try await world.running { lane in
            _ = await world.audit.events(2)
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(lane.status.state == "failing")
            #expect(lane.status.lastError == "reload")
            await world.pass(.seconds(60))
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            #expect(world.calls == ["renew", "reload", "reload"])
            #expect(lane.status.state == "fresh")
            // When to renew stayed as it was.
            #expect(lane.status.nextAttemptIn == 2_340)
        }
    }

    @Test func aReloadThatNeverWorksDoesNotKeepFromRenewing() async throws {
        let failures = [UpkeepFailure?](repeating: UpkeepFailure("r", retryAfter: .seconds(1_200)), count: 9)
        let world = CertificateWorld(reloads: failures)
        try await world.running { _ in
            await world.pass(.seconds(2_400))
            _ = await world.audit.events(5)
            #expect(world.calls == ["renew", "reload", "reload", "renew", "reload"])
        }
    }

    @Test func aClockThatIsSetForwardIsNoticed() async throws {
        let world = CertificateWorld()
        try await world.running { _ in
            _ = await world.audit.events(1)
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            world.time.setWall(by: 3_000)
            world.time.advance(by: .seconds(300))
            #expect(await world.audit.events(2).last == Self.obtained("02", at: 3_300))
        }
    }

    @Test func aClockThatIsSetBackDoesNotMakeItLive() async throws {
        let world = CertificateWorld()
        try await world.running { _ in
            _ = await world.audit.events(1)
            await world.time.sleeper(until: world.time.now.boot + .seconds(300))
            world.time.setWall(by: -86_400)
            await world.pass(.seconds(2_400))
            #expect(await world.audit.events(2).count == 2)
        }
    }
}
