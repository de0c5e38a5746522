import CloudSimulator
import Testing

/// The issuer changes the key it signs with while the daemon runs.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct KeyRotationTests {
    @Test(arguments: [true, false])
    func aNewPublishedKeyIsFound(keepingOld: Bool) async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask())
            let key = try TestKeys.next()[0]
            try world.cloud.rotateKeys(to: key, keepingOld: keepingOld)
            #expect(try await world.refresh().status == 200)
            try world.expectToken(try await world.ask(), key: key)
            #expect(world.cloud.requestCount(of: .keys) == 2)
        }
    }

    @Test
    func aTokenOfAKeyThatIsNotPublishedIsRefused() async throws {
        try await World.run { world in
            let keys = try TestKeys.next()
            try world.cloud.rotateKeys(to: keys[0], publishing: false)
            try world.expectUnavailable(try await world.ask(), saying: "was refused")
            #expect(world.daemon.log.text.contains("Token failed verification"))
            try world.cloud.rotateKeys(to: keys[1])
            try await world.expectRecovery(key: keys[1])
        }
    }

    @Test
    func aKeyRotatedWhileTheExchangeIsUnderWayIsFound() async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask("backups"), of: "backups")
            // The second exchange is read, and then worked on with the key of that later moment.
            world.cloud.set(Fault(delay: .milliseconds(500)), for: .iamToken)
            async let reply = world.ask("reports")
            try await world.cloud.waitForRequests(to: .iamToken, reaching: 2)
            let key = try TestKeys.next()[0]
            try world.cloud.rotateKeys(to: key, keepingOld: false)
            try world.expectToken(try await reply, key: key)
        }
    }
}
