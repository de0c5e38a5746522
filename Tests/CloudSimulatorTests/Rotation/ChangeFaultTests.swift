import CloudSimulator
import Foundation
import JOSE
import Testing

/// Faults after which the cloud is not as its client thinks.
@Suite struct ChangeFaultTests {
    /// A request that changes something, at each service in which keys are rotated; and how to count the changes.
    private static let changes: [(Endpoint, String, String, @Sendable (CloudSimulator) -> Int)] = [
        (
            .iamIdentity, "/v1/apikeys", #"{"name":"new","iam_id":"iam-ServiceId-1"}"#,
            { $0.apiKeys.count { $0.name == "new" } }
        ),
        (
            .resourceController, "/v2/resource_keys",
            #"{"name":"new","source":"1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9","parameters":{"HMAC":true}}"#,
            { $0.resourceKeys.count }
        ),
        (
            .secretsManager, "/api/v2/secrets/0b5571f7-21e6-42b7-91c5-3f5ac9793a46/versions", #"{"payload":"p"}"#,
            { ($0.versionCount(ofSecret: "0b5571f7-21e6-42b7-91c5-3f5ac9793a46") ?? 0) - 1 }
        ),
    ]

    @Test(arguments: [0, 1, 2])
    func dropAfterChangesAndTellsNobody(index: Int) async throws {
        let (endpoint, target, body, count) = Self.changes[index]
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(delivery: .dropAfter, times: 1), for: endpoint)
            let dropped = try await cloud.call("POST", target, body)
            #expect(dropped.bytes.isEmpty)
            #expect(count(cloud.simulator) == 1)
            #expect(try await cloud.call("POST", target, body).status == 201)
            #expect(count(cloud.simulator) == 2)
        }
    }

    @Test(arguments: [0, 1, 2])
    func twiceChangesTwoTimes(index: Int) async throws {
        let (endpoint, target, body, count) = Self.changes[index]
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(isCarriedOutTwice: true, times: 1), for: endpoint)
            let answer = try await cloud.call("POST", target, body)
            #expect(answer.status == 201)
            #expect(count(cloud.simulator) == 2)
            #expect(cloud.simulator.requestCount(of: endpoint) == 1)
        }
    }

    @Test func theSecondAnswerIsSent() async throws {
        try await TestCloud.run { cloud in
            let path = "/v1/apikeys/\(try await cloud.createAPIKey().string("id"))"
            cloud.simulator.set(Fault(isCarriedOutTwice: true, times: 1), for: .iamIdentity)
            #expect(try await cloud.call("DELETE", path).status == 404)
            let key = "/api/v2/keys/8f7e6d5c-4b3a-4291-8a7b-6c5d4e3f2a1b/actions/rotate"
            cloud.simulator.set(Fault(isCarriedOutTwice: true), for: .keyProtect)
            let instance = ["bluemix-instance": "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d"]
            #expect(try await cloud.call("POST", key, headers: instance).status == 409)
        }
    }

    @Test(arguments: [
        (#"{"drop_after":true,"times":3}"#, Fault(delivery: .dropAfter, times: 3)),
        (#"{"twice":true}"#, Fault(isCarriedOutTwice: true)),
        (#"{"drop_after":true,"twice":true}"#, Fault(delivery: .dropAfter, isCarriedOutTwice: true)),
    ])
    func theyAreSetOverHTTP(body: String, fault: Fault) async throws {
        try await TestCloud.run { cloud in
            let set = try await cloud.client.send("PUT", "/simulator/faults/resource_controller", body: body)
            #expect(set.text == body)
            #expect(cloud.simulator.faults == [.resourceController: fault])
        }
    }
}
