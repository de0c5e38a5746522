import CloudSimulator
import Foundation
import JOSE
import Testing

/// New keys that are not known everywhere at once.
@Suite struct PropagationTests {
    @Test(arguments: [(4, "400 BXNIM0415E"), (5, "200")])
    func aNewAPIKeyGetsATokenWhenItIsKnown(seconds: Int, outcome: String) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.setPropagation(Propagation(apiKeyUse: .seconds(5)))
            let value = try await cloud.createAPIKey().string("apikey")
            cloud.simulator.clockOffset = seconds
            #expect(try await cloud.exchange(value) == outcome)
            // The instance file's key has always been there.
            #expect(try await cloud.exchange("simulator-api-key") == "200")
        }
    }

    @Test(arguments: [(4, 404, 1), (5, 200, 2)])
    func aNewAPIKeyIsFoundWhenItIsKnown(seconds: Int, status: Int, count: Int) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.setPropagation(Propagation(apiKeyReading: .seconds(5)))
            let made = try await cloud.createAPIKey()
            cloud.simulator.clockOffset = seconds
            let id = try made.string("id")
            #expect(try await cloud.call("GET", "/v1/apikeys/\(id)").status == status)
            let value = ["IAM-ApiKey": try made.string("apikey")]
            #expect(try await cloud.call("GET", "/v1/apikeys/details", headers: value).status == status)
            let list = try await cloud.call("GET", "/v1/apikeys?iam_id=\(TestCloud.serviceID)")
            #expect(try list.json()["apikeys"]?.array?.count == count)
            // Who has the ID may write at once.
            #expect(try await cloud.call("DELETE", "/v1/apikeys/\(id)").status == 204)
        }
    }

    @Test func theDelaysAreSetOverHTTP() async throws {
        try await TestCloud.run { cloud in
            let path = "/simulator/propagation"
            let body = #"{"api_key_use_ms":1500,"hmac_pair_use_ms":20}"#
            let set = try await cloud.client.send("PUT", path, body: body)
            #expect(set.text == #"{"api_key_use_ms":1500,"api_key_reading_ms":0,"hmac_pair_use_ms":20}"#)
            let expected = Propagation(apiKeyUse: .milliseconds(1_500), hmacPairUse: .milliseconds(20))
            #expect(cloud.simulator.propagation == expected)
            let refused = try await cloud.client.send("PUT", path, body: #"{"api_key_use_ms":-1}"#)
            #expect(refused.status == 400)
        }
    }

    @Test func aReleaseByHandHoldsForWhatIsThere() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.setPropagation(Propagation(apiKeyUse: .seconds(3_600)))
            let value = try await cloud.createAPIKey().string("apikey")
            #expect(try await cloud.exchange(value) == "400 BXNIM0415E")
            cloud.simulator.setPropagation(Propagation())
            #expect(try await cloud.exchange(value) == "200")
        }
    }
}
