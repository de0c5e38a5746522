import CLinux
import CloudSimulator
import Foundation
import Glibc
import Testing

/// What one instance leaves to the next, and what the next one believes.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct TokenHandoverTests {
    private static let name = "token-cache"

    /// Has an instance obtain a token of each profile, and stop.
    private static func leave(_ world: ManagedWorld, _ profiles: [String] = ["reports"]) async throws -> [String] {
        var tokens: [String] = []
        try await world.serving { _ in
            for profile in profiles { tokens.append(try #require(try await world.ask(profile).token)) }
        }
        #expect(world.manager.stored.map(\.name) == [name])
        return tokens
    }

    /// The next instance must obtain a token of its own.
    private static func expectNothingTaken(_ world: ManagedWorld, saying text: String) async throws {
        world.cloud.resetRequestCounts()
        try await world.serving { daemon in
            let isSaid = daemon.log.text.contains(text)
            #expect(isSaid, "\(daemon.log.text)")
            let reply = try await world.ask()
            #expect(reply.status == 200)
            #expect(world.cloud.requestCount(of: .iamToken) == 1)
        }
    }

    @Test func theNextInstanceHandsOutTheSameTokens() async throws {
        try await ManagedWorld.run { world in
            try world.listen()
            let profiles = ["reports", "backups"]
            let tokens = try await Self.leave(world, profiles)
            for _ in 1...2 {
                world.cloud.resetRequestCounts()
                try await world.serving { _ in
                    // Whoever crashes now does not find them again.
                    #expect(world.manager.stored.isEmpty)
                    for (profile, token) in zip(profiles, tokens) {
                        let reply = try await world.ask(profile)
                        #expect(reply.token == token)
                    }
                    #expect(world.cloud.requestCount(of: .iamToken) == 0)
                    // The keys that they were verified with again.
                    #expect(world.cloud.requestCount(of: .keys) == 1)
                }
            }
        }
    }

    @Test func aStartThatFailsLeavesThemToTheNextOne() async throws {
        let (descriptor, port) = try SocketActivationTests.listening()
        var setup = Setup()
        setup.metrics = "127.0.0.1:\(port)"
        try await ManagedWorld.run(setup) { world in
            close(descriptor)
            let tokens = try await Self.leave(world)
            let taken = try SocketActivationTests.listening(at: port)
            let failed = try world.start()
            let exitCode = try await failed.waitForEnd()
            #expect(exitCode == 69, "\(failed.log.text)")
            #expect(failed.log.text.contains("Token taken over"))
            close(taken.0)
            world.cloud.resetRequestCounts()
            try await world.serving { _ in
                let reply = try await world.ask()
                #expect(reply.token == tokens[0])
                #expect(world.cloud.requestCount(of: .iamToken) == 0)
            }
        }
    }

    @Test func whatIsLeftCannotBeChanged() async throws {
        try await ManagedWorld.run { world in
            _ = try await Self.leave(world)
            let descriptor = try #require(world.manager.stored.first).descriptor
            #expect(clinux_is_sealed(descriptor) == 1)
            #expect(pwrite(descriptor, [0] as [UInt8], 1, 0) == -1)
            #expect(ftruncate(descriptor, 0) == -1)
        }
    }

    @Test func anInstanceWithoutTokensLeavesNothing() async throws {
        try await ManagedWorld.run { world in
            try await world.serving { _ in }
            #expect(world.manager.stored.isEmpty)
        }
    }

    @Test func theMetadataServiceAndIAMMayBeDownMeanwhile() async throws {
        try await ManagedWorld.run(.hasty) { world in
            try world.listen()
            let tokens = try await Self.leave(world)
            for endpoint in [Endpoint.identityToken, .iamToken, .keys] {
                world.cloud.set(Fault(delivery: .drop), for: endpoint)
            }
            try await world.serving { daemon in
                let reply = try await world.ask()
                #expect(reply.token == tokens[0])
                #expect(daemon.log.text.contains("is verified once more when IAM's keys can be had"))
            }
        }
    }

    @Test func memoryThatIsNotSealedIsNotUsed() async throws {
        try await ManagedWorld.run { world in
            _ = try await Self.leave(world)
            world.manager.store(Self.name, try Self.memory(try Self.content(world), isSealed: false))
            try await Self.expectNothingTaken(world, saying: "it is not sealed against every change")
        }
    }

    @Test func whatIsNotMemoryIsNotUsed() async throws {
        try await ManagedWorld.run { world in
            try world.folder.write("stored", "iam-broker token cache, version 1\n")
            world.manager.store(Self.name, open(world.folder.path("stored"), O_RDONLY | O_CLOEXEC))
            try await Self.expectNothingTaken(world, saying: "it is no file in memory")
        }
    }

    @Test func memoryOfAnotherUserIsNotUsed() async throws {
        try #require(geteuid() == 0, "this test needs root: it gives memory to another user")
        try await ManagedWorld.run { world in
            _ = try await Self.leave(world)
            world.manager.store(Self.name, try Self.memory(try Self.content(world), owner: 12_345))
            try await Self.expectNothingTaken(world, saying: "it belongs to uid 12345")
        }
    }

    @Test func sealedMemoryWithSomethingElseInItIsNotUsed() async throws {
        try await ManagedWorld.run { world in
            for content in [[], Array("{}".utf8), [UInt8](repeating: 0xFF, count: 100_000)] {
                world.manager.store(Self.name, try Self.memory(content))
                try await Self.expectNothingTaken(world, saying: "they are of another version")
            }
            world.manager.store(Self.name, try Self.memory([UInt8](repeating: 0, count: 4 << 20 | 1)))
            try await Self.expectNothingTaken(world, saying: "it is larger than 4194304 bytes")
        }
    }

    @Test func aTokenThatWasTamperedWithIsNotUsed() async throws {
        try await ManagedWorld.run { world in
            let token = try await Self.leave(world)[0]
            var content = try Self.content(world)
            let start = try #require(String(decoding: content, as: UTF8.self).range(of: token))
            let offset = String(decoding: content, as: UTF8.self).utf8
                .distance(
                    from: String(decoding: content, as: UTF8.self).startIndex,
                    to: start.lowerBound
                )
            // In the middle of its claims.
            content[offset + token.utf8.count / 2] ^= 1
            world.manager.store(Self.name, try Self.memory(content))
            try await Self.expectNothingTaken(world, saying: "Token not taken over")
        }
    }

    @Test func aTokenOfAProfileThatIsAnotherNowIsNotUsed() async throws {
        try await ManagedWorld.run { world in
            _ = try await Self.leave(world)
            let path = world.folder.path("config.yaml")
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try world.folder.write(
                "config.yaml",
                text.replacing(
                    "reports: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b",
                    with: "reports: { id: Profile-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273"
                )
            )
            try await Self.expectNothingTaken(world, saying: "the profile's name now stands for another profile")
        }
    }

    @Test func aProfileThatWasLockedMeanwhileGivesNothing() async throws {
        try await ManagedWorld.run { world in
            _ = try await Self.leave(world)
            // As an instance without a manager would lock it: what is stored does not change.
            let stored = try #require(world.manager.stored.first).descriptor
            let kept = fcntl(stored, F_DUPFD_CLOEXEC, 3)
            try await world.serving { _ in
                let reply = try await world.exchange(world.admin, "POST", "/v1/lock?profile=reports")
                #expect(reply.status == 200)
            }
            world.manager.store(Self.name, kept)
            try await world.serving { daemon in
                #expect(daemon.log.text.contains("the profile is locked"))
                let reply = try await world.ask()
                #expect(reply.status != 200)
                #expect(reply.token == nil)
            }
            #expect(world.manager.stored.isEmpty)
        }
    }

    private static func content(_ world: ManagedWorld) throws -> [UInt8] {
        let descriptor = try #require(world.manager.stored.first).descriptor
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        try #require(count > 0)
        return Array(bytes[..<count])
    }

    private static func memory(_ content: [UInt8], isSealed: Bool = true, owner: uid_t? = nil) throws -> Int32 {
        let descriptor = clinux_memfd("test")
        try #require(descriptor >= 0)
        try #require(write(descriptor, content, content.count) == content.count)
        if let owner { try #require(fchown(descriptor, owner, owner) == 0) }
        if isSealed { try #require(clinux_seal(descriptor) == 0) }
        return descriptor
    }
}
