import BrokerTesting
import FoundationEssentials
import JOSE
import Synchronization
import Testing

@testable import TokenBroker

/// The issuer changes its signing key, and nobody who asks for tokens notices.
struct SigningKeyRotationTests {
    /// Two more keys, which all tests share.
    private static let others = Result { try ["202609010826", "202609020826"].map { try SigningKey(id: $0) } }

    struct Step: Sendable {
        /// Minutes after the start.
        let at: Int
        /// The number of the key that signs from then on.
        var signing: Int?
        /// The numbers of those in the key set.
        var published: [Int]?
    }

    struct Rotation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        /// Whether some renewals fail: the issuer hands out what its own key set does not know.
        var hasFailures = false
    }

    private static let rotations = [
        Rotation(
            testDescription: "published before use",
            steps: [
                Step(at: 90, published: [0, 1]), Step(at: 200, signing: 1), Step(at: 290, published: [1]),
            ]
        ),
        Rotation(
            testDescription: "the old one removed at once",
            steps: [Step(at: 100, signing: 1, published: [1]), Step(at: 235, signing: 2, published: [2])]
        ),
        Rotation(
            testDescription: "published when it is used, the old one kept",
            steps: [Step(at: 100, signing: 1, published: [0, 1]), Step(at: 235, signing: 2, published: [0, 1, 2])]
        ),
        Rotation(
            testDescription: "used before it is published",
            steps: [Step(at: 114, signing: 1), Step(at: 138, published: [0, 1]), Step(at: 200, published: [1])],
            hasFailures: true
        ),
        Rotation(
            testDescription: "withdrawn while it still signs",
            steps: [Step(at: 118, published: [1]), Step(at: 140, signing: 1)],
            hasFailures: true
        ),
    ]

    @Test(arguments: rotations)
    func noHandOutFails(rotation: Rotation) async throws {
        let time = ManualTime()
        let mints = try [TokenMint()] + Self.others.get().map { TokenMint(key: $0) }
        let issuer = RotatingIssuer(mints[0], time: time)
        let world = try World(time: time, exchanger: issuer.exchanger, keySets: issuer.keySets)
        let lane = try world.lane
        var asked = 0
        for second in stride(from: 0, to: 6 * 3_600, by: 20) {
            for step in rotation.steps where step.at * 60 == second {
                if let number = step.signing { issuer.sign(with: mints[number]) }
                if let numbers = step.published {
                    issuer.publish(mints[numbers[0]], others: numbers.dropFirst().map { mints[$0] })
                }
            }
            // Once an hour.
            await world.keys.refreshIfOld(draw: { 1 })
            let released = try await world.ask().get()
            #expect(released.expiresIn >= 1)
            asked += 1
            // What this began ends before time goes on.
            while true {
                let seen = lane.happenings
                guard lane.status.nextAttemptIn == nil else { break }
                await lane.happened(after: seen, until: time.now.boot + .seconds(1))
            }
            time.advance(by: .seconds(20))
        }
        #expect(asked == 1_080)
        let failures = world.audit.events.count { if case .acquisitionFailed = $0 { true } else { false } }
        #expect((failures > 0) == rotation.hasFailures)
        let last = try #require(rotation.steps.compactMap(\.signing).last)
        let sightings = await world.broker.keySightings
        #expect(sightings.first { $0.keyID == mints[last].key.id }?.state == .published)
        #expect(sightings.first { $0.keyID == mints[last].key.id }?.lastTokenEndsAt ?? .distantPast > time.now.wall)
    }

    /// A world whose key set has lost the key of the token in memory.
    private func withdrawn(lifetime: TimeInterval = 3_600) async throws -> (World, RotatingIssuer, TokenMint) {
        let time = ManualTime()
        var mint = try TokenMint()
        mint.lifetime = lifetime
        let other = TokenMint(key: try Self.others.get()[0])
        let issuer = RotatingIssuer(mint, time: time)
        let world = try World(time: time, exchanger: issuer.exchanger, keySets: issuer.keySets)
        _ = try await world.ask().get()
        time.advance(by: .seconds(600))
        issuer.publish(other)
        _ = await world.keys.keySet(lookingFor: other.key.id)
        #expect(await world.broker.cachedKeys?.keyIDs == [other.key.id])
        return (world, issuer, mint)
    }

    private func rejection(_ world: World, _ token: UnverifiedToken) async throws -> Rejection? {
        switch try #require(await world.broker.verify(token)) {
        case .accept: nil
        case .reject(let rejection): rejection
        }
    }

    @Test func aTokenInMemoryIsHandedOutAndPassesUntilItEnds() async throws {
        let (world, _, mint) = try await withdrawn()
        let token = try mint.token(issuedAt: ManualTime.start)
        #expect(try world.peek().released?.expiresIn == 3_000)
        #expect(try await rejection(world, token) == nil)
        world.time.advance(by: .seconds(2_999))
        #expect(try await rejection(world, token) == nil)
        world.time.advance(by: .seconds(1))
        #expect(try await rejection(world, token) == .keyUnknown)
    }

    @Test(
        arguments: [
            // Issued when the key was seen withdrawn, and a second later.
            (600, 3_000, nil), (601, 2_999, .keyUnknown),
            // Ends with the broker's token, and a second later.
            (0, 3_600, nil), (0, 3_601, .keyUnknown), (599, 3_600, .keyUnknown),
            // The usual rules hold as well.
            (-4_000, 3_600, .expired),
        ] as [(TimeInterval, TimeInterval, Rejection?)]
    )
    func withAWithdrawnKeyNothingNewPasses(issued: TimeInterval, life: TimeInterval, expected: Rejection?) async throws
    {
        let (world, _, original) = try await withdrawn()
        var mint = original
        mint.lifetime = life
        world.time.advance(by: .seconds(60))
        let token = try mint.token(issuedAt: ManualTime.start + issued)
        #expect(try await rejection(world, token) == expected)
    }

    @Test func anotherKeyOfTheSameNameDoesNotPass() async throws {
        let (world, _, mint) = try await withdrawn()
        let forged = TokenMint(key: try SigningKey(id: mint.key.id))
        #expect(try await rejection(world, forged.token(issuedAt: ManualTime.start)) == .signatureInvalid)
    }

    @Test func noKeyIsKeptForMoreThanADay() async throws {
        let (world, _, mint) = try await withdrawn(lifetime: 48 * 3_600)
        let token = try mint.token(issuedAt: ManualTime.start)
        world.time.advance(by: .seconds(86_399))
        #expect(try await rejection(world, token) == nil)
        world.time.advance(by: .seconds(1))
        #expect(try await rejection(world, token) == .keyUnknown)
    }

    @Test func aKeyThatVerifiedNoTokenOfTheBrokersIsNotKept() async throws {
        let (world, issuer, _) = try await withdrawn()
        let unused = TokenMint(key: try Self.others.get()[1])
        let token = try unused.token(issuedAt: world.time.now.wall)
        issuer.publish(unused)
        _ = await world.keys.keySet(lookingFor: unused.key.id)
        // Somebody brings a token: it passes, and has the key kept for nothing.
        #expect(try await rejection(world, token) == nil)
        issuer.publish(TokenMint(key: try Self.others.get()[0]))
        world.time.advance(by: .seconds(60))
        _ = await world.keys.keySet(lookingFor: "another")
        #expect(try await rejection(world, token) == .keyUnknown)
        #expect(await world.broker.keySightings.first { $0.keyID == unused.key.id }?.state == .withdrawn)
    }

    @Test func aKeyThatComesBackIsOneOfTheSetAgain() async throws {
        let (world, issuer, mint) = try await withdrawn()
        let before = try #require(await world.broker.keySightings.last)
        #expect(before.keyID == mint.key.id && before.state == .kept)
        #expect(before.firstSeen == ManualTime.start && before.lastSeen == ManualTime.start)
        #expect(before.withdrawnAt == ManualTime.start + 600)
        #expect(before.lastTokenEndsAt == ManualTime.start + 3_600)
        issuer.publish(mint)
        world.time.advance(by: .seconds(60))
        _ = await world.keys.keySet(lookingFor: mint.key.id)
        let after = try #require(await world.broker.keySightings.first)
        #expect(after.keyID == mint.key.id && after.state == .published && after.withdrawnAt == nil)
        #expect(after.firstSeen == ManualTime.start && after.lastSeen == ManualTime.start + 660)
        #expect(try await rejection(world, mint.token(issuedAt: ManualTime.start + 601)) == nil)
    }

    @Test func theHistoryIsBounded() async throws {
        let template = try #require(
            String(validating: TokenMint().keySet().source, as: UTF8.self)?.replacing("202608310826", with: "KID")
        )
        var history = KeySightings()
        var now = Moment(wall: ManualTime.start, boot: .zero)
        for number in 1...20 {
            history.fetched(try KeySet(parsing: template.replacing("KID", with: "k\(number)")), at: now)
            now.wall += 60
            now.boot += .seconds(60)
        }
        #expect(history.all(at: now).map(\.keyID) == ["k20"] + (12...19).reversed().map { "k\($0)" })
        #expect(history.kept(at: now).isEmpty)
    }
}
