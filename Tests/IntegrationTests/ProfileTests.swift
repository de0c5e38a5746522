import CloudSimulator
import Testing

/// Who gets which profile, and what becomes of a profile that changes.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ProfileTests {
    @Test
    func aProfileThatIsNotLinkedIsToldWithTheCommandThatLinksIt() async throws {
        try await World.run { world in
            let reply = try await world.ask("archive")
            try world.expectUnavailable(reply, saying: "ibmcloud iam trusted-profile-link-create Profile-9a8b7c6d")
            world.cloud.setLinked(true, profile: "archive")
            try await world.expectRecovery(of: "archive")
        }
    }

    @Test
    func theTokenOfAProfileThatIsUnlinkedIsDropped() async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask())
            world.cloud.setLinked(false, profile: "reports")
            let refresh = try await world.refresh()
            try world.expectUnavailable(refresh, saying: "not linked")
            try world.expectUnavailable(try await world.ask(), saying: "not linked")
            #expect(world.daemon.log.text.contains("Token dropped"))
        }
    }

    @Test
    func eachProfileGetsItsOwnToken() async throws {
        try await World.run { world in
            async let reports = world.ask("reports")
            async let backups = world.ask("backups")
            try world.expectToken(try await reports, of: "reports")
            try world.expectToken(try await backups, of: "backups")
        }
    }

    @Test
    func whatNobodyWasGrantedIsDeniedWithoutACall() async throws {
        try await World.run { world in
            for profile in ["locked", "unknown"] {
                let reply = try await world.ask(profile)
                #expect(reply.status == 403)
                #expect(reply.token == nil)
            }
            #expect(world.cloud.requestCount(of: .identityToken) == 0)
            #expect(world.cloud.requestCount(of: .iamToken) == 0)
        }
    }

    @Test
    func twoHundredWhoAskAtOnceShareOneExchange() async throws {
        try await World.run { world in
            let replies = try await blocking {
                let connections = try (1...200).map { _ in try Connection(world.workload) }
                for connection in connections { try connection.request("GET", "/v1/token?profile=reports") }
                return try connections.map { try $0.receive() }
            }
            let first = try #require(replies.first ?? nil)
            try world.expectToken(first)
            let isSame = replies.allSatisfy { $0?.status == 200 && $0?.token == first.token }
            #expect(isSame, "all get the one token")
            #expect(world.cloud.requestCount(of: .iamToken) == 1)
            #expect(world.cloud.requestCount(of: .identityToken) == 1)
            #expect(world.cloud.requestCount(of: .keys) == 1)
        }
    }
}
