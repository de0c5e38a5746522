import AccessPolicy
import BrokerTesting
import Glibc
import Testing
import TokenBroker

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct TokenRouteTests {
    @Test func aTokenComesWithExactlyTheseMembersAndIsNotToBeStored() async throws {
        let world = try World()
        try await world.warm()
        world.time.advance(by: .seconds(100))
        try await world.serving {
            let answer = try await world.ask(hotRequest)
            #expect(answer.status == 200)
            #expect(try answer.body == world.tokenBody(expiresIn: 3_500))
            #expect(answer["Cache-Control"] == ["no-store"])
            #expect(answer["Content-Type"] == ["application/json"])
        }
    }

    @Test func theHotPathAndTheStrictPathAnswerWithTheSameBytes() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let hot = try await world.ask(hotRequest)
            let strict = try await world.ask(strictRequest)
            #expect(hot == strict)
        }
    }

    @Test func aConnectionIsUsedAgainAndTheTimeThatRemainsIsThatOfEachAnswer() async throws {
        let world = try World()
        try await world.warm()
        try await world.warm("archive")
        try await world.serving {
            let client = try await world.client()
            for (request, profile) in [
                (hotRequest, "reports"), (hotRequest, "reports"), (get("/v1/token?profile=archive"), "archive"),
                (hotRequest, "reports"), (strictRequest, "reports"), (hotRequest, "reports"),
            ] {
                world.time.advance(by: .seconds(1))
                let remaining = Int(world.broker.status.first { $0.profile.rawValue == profile }?.expiresIn ?? 0)
                client.send(request)
                #expect(try await client.answer().body == world.tokenBody(profile, expiresIn: remaining))
            }
            await client.close()
        }
    }

    @Test func aNewTokenReplacesTheRenderedOne() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let client = try await world.client()
            client.send(hotRequest)
            let first = try await client.answer()
            // The whole seconds that remain are the same: only the token differs.
            world.time.advance(by: .seconds(120))
            try await world.warm()
            client.send(hotRequest)
            let second = try await client.answer()
            #expect(first.body != second.body)
            #expect(second.body.contains(#""expires_in":3600,"#))
            await client.close()
        }
    }

    @Test func aProfileWithoutAGrantIsDeniedWithTheReason() async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(get("/v1/token?profile=backups"))
            #expect(answer.status == 403)
            let decision = try #require(Denial(answer.body)?.decision)
            #expect(
                answer.body
                    == #"{"error":{"code":"denied","decision":"\#(decision)","message":"profile backups is not for"#
                    + " this process (uid \(getuid()), pid \(getpid())): no grant for this profile names this workload\"}}"
            )
        }
        #expect(world.exchanger.calls.isEmpty)
    }

    @Test func aProfileThatDoesNotExistIsDeniedInTheSameShape() async throws {
        let world = try World()
        try await world.serving {
            let client = try await world.client()
            client.send(get("/v1/token?profile=nothing") + get("/v1/token?profile=nothing", ["X-Strict: 1"]))
            let answers = try await client.answers(2)
            #expect(answers.map(\.status) == [403, 403])
            let decisions = answers.compactMap { Denial($0.body)?.decision }
            #expect(Set(decisions).count == 1, "the same question with the same answer is one decision")
            #expect(answers[0].body.contains("profile nothing is not for this process"))
            await client.close()
        }
    }

    @Test func aCallerMayListWhatItMayHave() async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(get("/v1/profiles"))
            #expect(answer.status == 200)
            #expect(answer.body == #"{"profiles":["archive","reports"]}"#)
        }
    }

    @Test(arguments: [
        ("", "parameter without a value; send profile=NAME"),
        ("profile", "parameter without a value; send profile=NAME"),
        ("min_ttl=1", "parameter 'profile' is missing"),
        ("profile=reports&profile=reports", "parameter 'profile' is there twice"),
        ("profile=reports&min_ttl=1&min_ttl=1", "parameter 'min_ttl' is there twice"),
        ("profile=reports&ttl=1", "unknown parameter; known are 'profile' and 'min_ttl'"),
        ("Profile=reports", "unknown parameter; known are 'profile' and 'min_ttl'"),
        ("profile=reports&", "parameter without a value; send profile=NAME"),
        ("&profile=reports", "parameter without a value; send profile=NAME"),
        ("profile=", Self.badName), ("profile=-reports", Self.badName), ("profile=re%70orts", Self.badName),
        ("profile=rep+orts", Self.badName), ("profile=reports=", Self.badName), ("profile=a/b", Self.badName),
        ("profile=\(String(repeating: "a", count: 65))", Self.badName), ("profile=reports?", Self.badName),
        ("profile=reports&min_ttl=", Self.badMinimum), ("profile=reports&min_ttl=-1", Self.badMinimum),
        ("profile=reports&min_ttl=+1", Self.badMinimum), ("profile=reports&min_ttl=1.0", Self.badMinimum),
        ("profile=reports&min_ttl=%31", Self.badMinimum), ("profile=reports&min_ttl=86401", Self.badMinimum),
        ("profile=reports&min_ttl=99999999999999999999", Self.badMinimum),
        ("profile=reports&min_ttl=0x10", Self.badMinimum),
    ])
    func parametersThatAreNotExactlyRightAreRefused(query: String, message: String) async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            for request in [get("/v1/token?\(query)"), get("/v1/token?\(query)", ["X-Strict: 1"])] {
                let answer = try await world.ask(request)
                #expect(answer.status == 400)
                #expect(answer.body == #"{"error":{"code":"bad_request","message":"\#(message)"}}"#)
            }
        }
    }

    @Test(arguments: ["profile=reports&min_ttl=0", "min_ttl=00086400&profile=reports", "profile=reports&min_ttl=3600"])
    func parametersAtTheirLimitsAreTaken(query: String) async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let answer = try await world.ask(get("/v1/token?\(query)"))
            #expect(try answer.body == world.tokenBody())
        }
    }

    @Test func spacesInAParameterAreNoRequest() async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(get("/v1/token?profile=reports&min_ttl= 1"))
            #expect(answer.status == 400)
        }
    }

    @Test(arguments: [
        "/", "/v1/tokens?profile=reports", "/v1/token/?profile=reports", "//v1/token", "/V1/token", "/v1/status",
    ])
    func aPathThatIsNotThereIsNotFound(path: String) async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(get(path))
            #expect(answer.status == 404)
            #expect(answer.body.contains(#""code":"not_found""#))
        }
    }

    @Test(arguments: [
        ("POST", "/v1/token?profile=reports", "GET"), ("PUT", "/v1/profiles", "GET"), ("DELETE", "/v1/token", "GET"),
        ("OPTIONS", "/v1/token", "GET"), ("GET", "/v1/verify", "POST"),
    ])
    func aMethodThatThePathDoesNotTakeIsRefused(method: String, target: String, allow: String) async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(request(method, target))
            #expect(answer.status == 405)
            #expect(answer["Allow"] == [allow])
        }
    }

    @Test func anAnswerToHEADHasNoBodyThatTheNextAnswerCouldBeMistakenFor() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let client = try await world.client()
            client.send(request("HEAD", "/v1/token?profile=reports") + hotRequest)
            #expect(try await client.answer(toHead: true).status == 405)
            let next = try await client.answer()
            #expect(next.status == 200)
            #expect(try next.body == world.tokenBody())
            await client.close()
        }
    }

    private static let badName =
        "parameter 'profile' must be the name of a profile: letters, digits, '.', '_' and '-'"
    private static let badMinimum = "parameter 'min_ttl' must be whole seconds from 0 to 86400"
}
