import CloudSimulator
import JOSE
import Testing

/// How many requests `iam-broker rotation plan` says that a rotation would send to each service.
struct PromisedRequests {
    private static let places: [(part: String, endpoint: Endpoint)] = [
        ("/v1/apikeys", .iamIdentity), ("/identity/token", .iam), ("/v2/resource_", .resourceController),
        ("/api/v2/secrets/", .secretsManager), ("/api/v2/keys/", .keyProtect), ("list-type=2", .objectStorage),
        ("metadata service", .certificates),
    ]
    private static let endpoints = places.map(\.endpoint)

    /// Those that are sent in any case, and those that are sent where the answer of another wants it.
    let counts: [Endpoint: Int]
    let perhaps: [Endpoint: Int]

    init(_ world: World, _ plan: String) async throws {
        let steps = try #require(try await world.rotationAnswer("plan", plan)["steps"]?.array)
        var (counts, perhaps): ([Endpoint: Int], [Endpoint: Int]) = ([:], [:])
        for request in steps.flatMap({ $0["requests"]?.array ?? [] }) {
            let text = try #require(request.string)
            // What is read from files is no request.
            guard let place = Self.places.first(where: { text.contains($0.part) }) else { continue }
            let isShown = world.cloud.apiKeys.contains { text.contains($0.value.exposed) }
            #expect(!isShown, "the plan shows a key")
            if text.contains(" (if ") {
                perhaps[place.endpoint, default: 0] += 1
            } else {
                counts[place.endpoint, default: 0] += 1
            }
        }
        (self.counts, self.perhaps) = (counts, perhaps)
    }

    /// Has the rotation carried out to its end, and compares.
    static func keep(
        _ world: World,
        _ plan: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let promised = try await PromisedRequests(world, plan)
        #expect(promised.counts.values.reduce(0, +) > 0, sourceLocation: sourceLocation)
        let before = endpoints.map(world.cloud.requestCount)
        try await world.rotation("run", "--now", "--wait", plan, sourceLocation: sourceLocation)
        for (endpoint, count) in zip(endpoints, before) {
            let sent = world.cloud.requestCount(of: endpoint) - count
            let least = promised.counts[endpoint] ?? 0
            let most = least + (promised.perhaps[endpoint] ?? 0)
            #expect((least...most).contains(sent), "\(endpoint.rawValue)", sourceLocation: sourceLocation)
        }
    }
}
