import CloudSimulator
import Foundation
import Testing

/// Another instance takes the place of the one that runs, while workloads go on asking.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct UpgradeTests {
    private static let rate = 1_000
    private static let clients = 150

    @Test func noRequestFailsAndNoTokenIsObtained() async throws {
        try await ManagedWorld.run(.prefetching) { world in
            try world.listen()
            let first = try world.start()
            try await world.manager.waitUntilReady()
            let token = try #require(try await world.ask().token)
            let load = SteadyLoad(on: world.workload, token: token, clients: Self.clients, rate: Self.rate)
            try await Self.wait(for: 2 * Self.rate, of: load)
            var daemon = first
            var restarts: [(from: Int64, ended: Int64, to: Int64)] = []
            for _ in 1...2 {
                let from = SteadyLoad.now
                try await daemon.stop()
                let ended = SteadyLoad.now
                daemon = try world.start()
                try await world.manager.waitUntilReady()
                restarts.append((from, ended, SteadyLoad.now))
                try await Self.wait(for: load.count + Self.rate, of: load)
            }
            let samples = try await load.stop()
            try await daemon.stop()
            let failed = samples.filter { $0.failure != nil }
            let during = samples.filter { sample in
                restarts.contains { $0.from <= sample.due && sample.due <= $0.to }
            }
            let latencies = during.map(\.latency).sorted()
            let p99 = try #require(latencies.dropFirst(latencies.count * 99 / 100).first) / 1_000_000
            let worst = try #require(latencies.last) / 1_000_000
            let exchanges = world.cloud.requestCount(of: .iamToken)
            let spans =
                restarts.map {
                    "\(($0.ended - $0.from) / 1_000_000) + \(($0.to - $0.ended) / 1_000_000) ms"
                }
                .joined(separator: " and ")
            print(
                "upgrade under load: \(samples.count) requests, \(failed.count) failed; \(restarts.count) restarts, to the end and to readiness in \(spans), "
                    + "\(during.count) requests meanwhile, p99 \(p99) ms, worst \(worst) ms; "
                    + "tokens obtained from IAM: \(exchanges) by the first instance, "
                    + "\(exchanges - 1) by those after it"
            )
            let reasons = Set(failed.compactMap(\.failure)).joined(separator: "; ")
            let count = failed.count
            #expect(count == 0, "\(reasons)")
            #expect(exchanges == 1)
            #expect(during.count > 100)
        }
    }

    /// The load itself tells the time.
    private static func wait(for count: Int, of load: SteadyLoad) async throws {
        try await blocking {
            while load.count < count { sched_yield() }
        }
    }
}
