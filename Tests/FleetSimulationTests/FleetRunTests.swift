import Testing

@testable import FleetSimulation

/// Small fleets: what holds for them holds for large ones, since each node is played in the same way.
struct FleetRunTests {
    private static func scenario(_ nodes: Int, _ edit: (inout FleetScenario) -> Void = { _ in }) -> FleetScenario {
        var scenario = FleetScenario(nodes: nodes)
        edit(&scenario)
        return scenario
    }

    private static func play(_ scenario: FleetScenario) throws -> FleetRecord {
        var run = try FleetRun(scenario)
        return run.play()
    }

    @Test func theSameSeedGivesTheSameRunAndAnotherSeedAnotherOne() throws {
        let scenario = Self.scenario(20)
        let first = try Self.play(scenario)
        #expect(try Self.play(scenario) == first)
        #expect(try FleetCharts.calls(Self.play(scenario), scenario).svg == FleetCharts.calls(first, scenario).svg)
        #expect(try Self.play(Self.scenario(20) { $0.seed = 2 }) != first)
    }

    @Test(arguments: [1, 10, 100])
    func everyCallHasOneAnswer(nodes: Int) throws {
        let record = try Self.play(Self.scenario(nodes) { $0.iamCallsPerSecond = Double(nodes) })
        #expect(record.calls == record.granted + record.limited + record.unavailable)
        #expect(record.unavailable > 0)
        #expect(record.limited > 0)
    }

    @Test(arguments: [1, 100], [1, 2, 3] as [UInt64])
    func noHandOutFailsWhileATokenLives(nodes: Int, seed: UInt64) throws {
        let record = try Self.play(Self.scenario(nodes) { $0.seed = seed })
        #expect(record.refusedWithToken == 0)
        #expect(record.endedHandedOut == 0)
        #expect(record.handedOut > UInt64(nodes) * 4 * 50)
    }

    @Test func anOutageIsNoticedWhenTheFirstTokenEndsAndNotBefore() throws {
        let scenario = Self.scenario(200) { $0.askEvery = 60 }
        let record = try Self.play(scenario)
        let minutes = record.refused.indices.filter { record.refused[$0] > 0 }
        // Who renews at 70 % of life at the latest has 18 minutes left.
        #expect(minutes.allSatisfy { (10_800 + 1_080) / 60 - 1...(12_600 + 300) / 60 ~= $0 })
        #expect(!minutes.isEmpty)
        let after = try #require(record.samples.last { $0.second <= 12_600 + 600 })
        #expect(after.without == 0)
    }

    @Test func withoutAnOutageNobodyIsRefused() throws {
        let record = try Self.play(Self.scenario(100) { $0.outage = 0..<0 })
        #expect(record.refusals == 0)
        #expect(record.unavailable == 0)
        #expect(record.samples.dropFirst().allSatisfy { $0.without == 0 && ($0.shortest ?? 0) >= 1_078 })
    }

    /// A token for each 36 minutes and profile, and a key set for each 54 minutes and node; half a call more of each for the boot.
    @Test func theFleetCallsAsOftenAsTheScheduleSays() throws {
        let record = try Self.play(Self.scenario(100) { $0.outage = 0..<0 })
        let exchanges = record.exchanges.reduce(0) { $0 + Double($1) }
        #expect(abs(exchanges / 400 - (21_600 / 2_160 + 1)) < 0.3)
        let fetches = record.fetches.reduce(0) { $0 + Double($1) }
        #expect(abs(fetches / 100 - (21_600 / 3_240 + 1)) < 0.4)
    }

    @Test func whatAFleetCostsIsProportionalToItsNodes() throws {
        let (small, large) = (try Self.play(Self.scenario(50)), try Self.play(Self.scenario(500)))
        #expect(abs(Double(large.events) / Double(small.events) - 10) < 0.5)
    }

    @Test func aServiceThatAllowsLittleIsNotCalledByThoseWhoWereToldToWait() throws {
        let scenario = Self.scenario(100) {
            ($0.iamCallsPerSecond, $0.retryAfter, $0.outage, $0.length) = (10, 30, 0..<0, 3_600)
        }
        let record = try Self.play(scenario)
        // All come at once; those who were told 429 come back after half a minute at the earliest, and not together.
        #expect(record.exchanges[0] == 400)
        #expect(record.exchanges[2..<30].allSatisfy { $0 == 0 })
        #expect(record.exchanges[31..<61].allSatisfy { $0 < 40 })
        #expect(record.samples.last?.without == 0)
    }

    @Test(arguments: [(0, 4), (-1, 4), (1, 0)])
    func aFleetWithoutLanesIsRefused(nodes: Int, profiles: Int) {
        #expect(throws: SimulationError.self) {
            _ = try FleetRun(Self.scenario(nodes) { $0.profiles = profiles })
        }
    }
}
