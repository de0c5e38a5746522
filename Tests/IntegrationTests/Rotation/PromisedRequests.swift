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

    let counts: [Endpoint: Int]

    init(_ world: World, _ plan: String) async throws {
        let steps = try #require(try await world.rotationAnswer("plan", plan)["steps"]?.array)
        var counts: [Endpoint: Int] = [:]
        for request in steps.flatMap({ $0["requests"]?.array ?? [] }) {
            let text = try #require(request.string)
            // What is read from files is no request.
            guard let place = Self.places.first(where: { text.contains($0.part) }) else { continue }
            #expect(!text.contains(world.liveKeys.last?.value.exposed ?? "?"), "the plan shows a key")
            counts[place.endpoint, default: 0] += 1
        }
        self.counts = counts
    }

    /// Has the rotation carried out to its end, and compares.
    static func keep(
        _ world: World,
        _ plan: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let promised = try await PromisedRequests(world, plan)
        #expect(promised.counts.values.reduce(0, +) > 1, sourceLocation: sourceLocation)
        let before = endpoints.map(world.cloud.requestCount)
        try await world.rotation("run", "--now", "--wait", plan, sourceLocation: sourceLocation)
        for (endpoint, count) in zip(endpoints, before) {
            let sent = world.cloud.requestCount(of: endpoint) - count
            #expect(sent == promised.counts[endpoint] ?? 0, "\(endpoint.rawValue)", sourceLocation: sourceLocation)
        }
    }
}
