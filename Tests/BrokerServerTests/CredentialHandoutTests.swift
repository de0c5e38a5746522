import AccessPolicy
import BrokerTesting
import NIOCore
import Testing
import TokenBroker
import WorkloadAttestation

@testable import BrokerServer

/// Which units get which credentials.
@Suite struct CredentialHandoutTests {
    private static let policy = """
        version: 1
        grants:
          - { name: nightly, profiles: [reports], workloads: [{ unit: reports.service }] }
          - { name: person, profiles: [archive], workloads: [{ uid: 1000, unit: reports.service }] }
        """

    private func world() throws -> World {
        let world = try World()
        world.policy.replace(with: try World.policy(Self.policy), now: world.time.now.wall)
        return world
    }

    private func handout(_ world: World) throws -> CredentialHandout {
        let names = try ["reports", "archive"].map { try #require(ProfileName($0)) }
        let contents = names.map { name in
            (name.rawValue, CredentialHandout.Content(profile: name) { Array("\($0.permit.grant)".utf8) })
        }
        return CredentialHandout(
            broker: world.broker,
            gate: world.gate,
            contents: Dictionary(uniqueKeysWithValues: contents),
            logger: world.logger
        )
    }

    private func peer(_ user: UInt32 = 0, unit: Fact<String> = .known("reports.service")) -> ScriptedPeer {
        ScriptedPeer(Workload(processID: 7, userID: user, unit: unit, slices: .known(["system.slice"])))
    }

    private static let asked = UnitCredential(unit: "reports.service", name: "reports")

    @Test func aUnitThatAGrantNamesGetsItsCredential() async throws {
        let world = try world()
        #expect(try await handout(world).credential(Self.asked, for: peer()) == ByteBuffer(string: "nightly"))
        let releases = world.audit.events.filter { if case .released = $0 { true } else { false } }
        #expect(releases.count == 1)
    }

    private static let refused: [(UnitCredential?, UInt32, Fact<String>)] = [
        (nil, 0, .known("reports.service")),
        // Everybody can choose such an address.
        (asked, 1_000, .known("reports.service")),
        (asked, 0, .known("other.service")), (asked, 0, .none), (asked, 0, .unknown("no cgroup")),
        (UnitCredential(unit: "other.service", name: "reports"), 0, .known("other.service")),
        (UnitCredential(unit: "reports.service", name: "nothing"), 0, .known("reports.service")),
        (UnitCredential(unit: "reports.service", name: ""), 0, .known("reports.service")),
        // The grant is for a user, and systemd is root when it asks.
        (UnitCredential(unit: "reports.service", name: "archive"), 0, .known("reports.service")),
    ]

    @Test(arguments: refused.indices)
    func everythingElseGetsWhatNoUnitStartsWith(index: Int) async throws {
        let (asked, user, unit) = Self.refused[index]
        let world = try world()
        let answer = try await handout(world).credential(asked, for: peer(user, unit: unit))
        // More than systemd takes (1 MiB), and nothing but zeros.
        #expect(answer.readableBytes > 1_048_576 && answer.readableBytesView.allSatisfy { $0 == 0 })
        #expect(world.exchanger.calls.isEmpty)
    }

    @Test func aProcessThatCannotBeLookedAtGetsNothing() async throws {
        let peer = peer()
        peer.fail(AttestationError(.exited, "it has ended"))
        #expect(try await handout(world()).credential(Self.asked, for: peer) == CredentialHandout.refusal)
    }

    @Test func aLockRefusesUnitsToo() async throws {
        let world = try world()
        _ = try await world.broker.lock(ProfileName("reports"), by: 0)
        #expect(try await handout(world).credential(Self.asked, for: peer()) == CredentialHandout.refusal)
    }

    @Test func aCredentialThatCannotBeMadeIsARefusal() async throws {
        let world = try world()
        let reports = try #require(ProfileName("reports"))
        for text in [nil, []] as [[UInt8]?] {
            let handout = CredentialHandout(
                broker: world.broker,
                gate: world.gate,
                contents: ["reports": CredentialHandout.Content(profile: reports) { _ in text }],
                logger: world.logger
            )
            #expect(await handout.credential(Self.asked, for: peer()) == CredentialHandout.refusal)
        }
    }

    /// What every other listener says in HTTP would be the credential here.
    @Test func whoFindsNoPlaceGetsARefusalAndNoText() async throws {
        let world = try world()
        var limits = ConnectionLimits()
        limits.connections = 0
        let listener =
            try await SocketListener.credentials(
                SocketFile(path: world.workloadPath, mode: 0o600),
                handout: handout(world),
                attestor: world.attestor,
                group: world.group,
                limits: limits,
                logger: world.logger
            )
            .start()
        let bytes = try await world.client().everything()
        let isRefusal = bytes == Array(CredentialHandout.refusal.readableBytesView)
        #expect(isRefusal, "\(bytes.count) bytes")
        await listener.stop()
    }
}
