import CloudSimulator
import Testing

/// Whatever the cloud does wrong, a workload gets a good token or is told in time why there is none.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct UpstreamFaultTests {
    @Test(arguments: UpstreamFault.exchange + UpstreamFault.surroundings)
    func aFaultIsToldAndOvercome(_ fault: UpstreamFault) async throws {
        try await World.run { world in try await check(fault, world) }
    }

    @Test
    func aTokenOfAnotherAccountThanTheInstancesIsRefusedUntilTheyAgree() async throws {
        try await World.run { world in
            world.cloud.set(Fault(token: [.otherAccount]), for: .identityToken)
            try world.expectUnavailable(try await world.ask(), saying: "account is not the expected one")
            world.cloud.clearFaults()
            try await world.expectRecovery()
        }
    }

    @Test(arguments: UpstreamFault.silence)
    func silenceEndsWithADeadline(_ fault: UpstreamFault) async throws {
        try await World.run(.hasty) { world in try await check(fault, world) }
    }

    private func check(_ fault: UpstreamFault, _ world: World) async throws {
        world.cloud.set(fault.fault, for: fault.endpoint)
        let start = ContinuousClock.now
        let reply = try await world.ask()
        #expect(ContinuousClock.now - start < .seconds(6))
        try world.expectUnavailable(reply, saying: fault.says)
        #expect(reply.message?.hasPrefix("no token for profile reports: ") == true)
        if let wait = fault.fault.answer?.retryAfter {
            // Not before, and not all at once.
            let told = try #require(reply.headers["retry-after"].flatMap { Int($0) })
            #expect((wait...2 * wait).contains(told))
        }
        // Errors are remembered, so this is the same answer without a call.
        let calls = world.cloud.requestCount(of: fault.endpoint)
        try world.expectUnavailable(try await world.ask(), saying: fault.says)
        #expect(world.cloud.requestCount(of: fault.endpoint) == calls)
        world.cloud.clearFaults()
        try await world.expectRecovery()
    }

    @Test
    func aRefusedIdentityTokenIsReplacedOnce() async throws {
        try await World.run { world in
            world.cloud.set(.status(401, times: 1), for: .iamToken)
            try world.expectToken(try await world.ask())
            #expect(world.cloud.requestCount(of: .identityToken) == 2)
            #expect(world.cloud.requestCount(of: .iamToken) == 2)
        }
    }

    @Test
    func theOlderPathsServeWhereTheNewerAreUnknown() async throws {
        try await World.run { world in
            world.cloud.set(.status(404, times: 1), for: .identityToken)
            try world.expectToken(try await world.ask())
            #expect(world.cloud.requestCount(of: .identityToken) == 2)
            // The family that worked is asked at once.
            #expect(world.cloud.requestCount(of: .iamToken) == 1)
        }
    }

    @Test
    func aRefusedConnectionIsToldAndOvercome() async throws {
        let cloud = try World.cloud()
        let address = try await cloud.withRunning(logger: World.logger) { $0 }
        try await World.run(Setup(), cloud, at: address.url) { world in
            try world.expectUnavailable(try await world.ask(), saying: "connection refused")
            try await cloud.withRunning(port: address.port, logger: World.logger) { _ in
                try await world.expectRecovery()
            }
        }
    }

    @Test(arguments: [MetadataService.DisabledAnswer.unauthorized, .silence])
    func aDisabledMetadataServiceIsToldWithTheCommandThatEnablesIt(
        _ answer: MetadataService.DisabledAnswer
    ) async throws {
        try await World.run(.hasty) { world in
            world.cloud.setMetadataService(MetadataService(isEnabled: false, whenDisabled: answer))
            let reply = try await world.ask()
            try world.expectUnavailable(reply, saying: "ibmcloud is instance-update <ID> --metadata-service true")
            world.cloud.setMetadataService(MetadataService())
            try await world.expectRecovery()
        }
    }

    @Test
    func aFailedRenewalLeavesTheGoodTokenInPlace() async throws {
        try await World.run { world in
            let first = try await world.ask()
            try world.expectToken(first)
            world.cloud.set(.status(500), for: .iamToken)
            #expect(try await world.refresh().status == 503)
            let second = try await world.ask()
            try world.expectToken(second)
            let isSame = first.token == second.token
            #expect(isSame)
        }
    }

    @Test(arguments: [3_600, -3_600])
    func aTokenFromAnotherHourIsRefused(_ offset: Int) async throws {
        try await World.run { world in
            world.cloud.clockOffset = offset
            try world.expectUnavailable(try await world.ask(), saying: "clock")
            world.cloud.clockOffset = 0
            try await world.expectRecovery()
        }
    }
}
