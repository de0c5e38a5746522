import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct VerifyRouteTests {
    @Test(arguments: ["", "\n", "\r\n"])
    func aTokenOfTheIssuerIsAcceptedWithItsClaims(ending: String) async throws {
        let world = try World()
        try await world.warm()
        let token = try world.mint.token(issuedAt: ManualTime.start).compact.exposed
        try await world.serving {
            let answer = try await world.ask(request("POST", "/v1/verify", body: token + ending))
            #expect(answer.status == 200)
            #expect(answer.body.hasPrefix(#"{"claims":{"#))
            #expect(answer.body.contains(#""sub_type":"Profile""#))
            #expect(answer.body.hasSuffix(#"},"verdict":"accept"}"#))
            #expect(!answer.body.contains(token))
        }
    }

    @Test func aTokenInChunksIsTheSameToken() async throws {
        let world = try World()
        try await world.warm()
        let token = try world.mint.token(issuedAt: ManualTime.start).compact.exposed
        let rest = token.dropFirst(5)
        let chunks = "5\r\n\(token.prefix(5))\r\n\(String(rest.utf8.count, radix: 16))\r\n\(rest)\r\n0\r\n\r\n"
        try await world.serving {
            let client = try await world.client()
            client.send(request("POST", "/v1/verify", ["Transfer-Encoding: chunked"]) + chunks)
            #expect(try await client.answer().body.hasSuffix(#""verdict":"accept"}"#))
            await client.close()
        }
    }

    @Test func anExpiredTokenAndAForeignTextAreRejectedWithTheReason() async throws {
        let world = try World()
        try await world.warm()
        let token = try world.mint.token(issuedAt: ManualTime.start.addingTimeInterval(-7_200)).compact.exposed
        try await world.serving {
            for body in [token, "no token", "", "a.b.c"] {
                let answer = try await world.ask(request("POST", "/v1/verify", body: body))
                #expect(answer.status == 200)
                #expect(answer.body.hasPrefix(#"{"reason":""#))
                #expect(answer.body.hasSuffix(#"","verdict":"reject"}"#))
            }
        }
    }

    @Test func withoutKeysNothingIsSaidAndNothingIsFetched() async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(request("POST", "/v1/verify", body: "a.b.c"))
            #expect(answer.status == 503)
            #expect(answer["Retry-After"] == ["5"])
        }
        #expect(world.exchanger.calls.isEmpty)
    }
}
