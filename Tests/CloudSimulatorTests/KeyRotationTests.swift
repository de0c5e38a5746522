import CloudSimulator
import JOSE
import Testing

@Suite struct KeyRotationTests {
    @Test func theKeySetShowsIBMsMembers() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send("GET", "/identity/keys")
            #expect(try response.members() == ["keys"])
            let keys = try #require(response.json()["keys"]?.array)
            #expect(keys.count == 1)
            #expect(Set(try #require(keys.first?.members).map(\.name)) == ["kty", "n", "e", "alg", "kid"])
            #expect(keys.first?["kid"]?.string == "202609011000")
        }
    }

    @Test func anOldKeyThatStaysStillVerifies() async throws {
        try await TestCloud.run { cloud in
            let before = try await cloud.askIAMToken()
            try cloud.simulator.rotateKeys(to: TestKeys.next())
            let after = try await cloud.askIAMToken()
            let verdicts = (try await cloud.verdict(on: before), try await cloud.verdict(on: after))
            #expect(verdicts.0.rejection == nil)
            #expect(verdicts.1.rejection == nil)
            #expect(cloud.simulator.keyIDs.published == ["202609020000", "202609011000"])
        }
    }

    @Test func anOldKeyThatLeavesVerifiesNothing() async throws {
        try await TestCloud.run { cloud in
            let before = try await cloud.askIAMToken()
            try cloud.simulator.rotateKeys(to: TestKeys.next(), keepingOld: false)
            let verdict = try await cloud.verdict(on: before)
            #expect(verdict.rejection == .keyUnknown)
        }
    }

    @Test func anUnpublishedKeyIsUnknownUntilItIsPublished() async throws {
        try await TestCloud.run { cloud in
            try cloud.simulator.rotateKeys(to: TestKeys.next(), publishing: false)
            let token = try await cloud.askIAMToken()
            let early = try await cloud.verdict(on: token)
            #expect(early.rejection == .keyUnknown)
            cloud.simulator.publishKeys()
            let late = try await cloud.verdict(on: token)
            #expect(late.rejection == nil)
        }
    }

    @Test func overHTTPTheNewKeyIsNamedAfterTheNextFreeMinute() async throws {
        try await TestCloud.run { cloud in
            let body = #"{"keep_old":true,"publish":false}"#
            let rotated = try await cloud.client.send("POST", "/simulator/rotate-keys", body: body)
            #expect(rotated.text == #"{"signing":"202609011001","published":["202609011000"]}"#)
            let published = try await cloud.client.send("POST", "/simulator/publish-keys")
            #expect(published.text == #"{"signing":"202609011001","published":["202609011001","202609011000"]}"#)
        }
    }
}
