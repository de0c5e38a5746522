import AccessPolicy
import BrokerTesting
import FoundationEssentials
import JOSE
import Testing
import TokenBroker

@testable import BrokerServer

/// IBM's paths, as programs that know no broker use them.
@Suite(.timeLimit(.minutes(2)))
struct EmulationRouteTests {
    private static let newer = "/identity/v1/iam_tokens?version=2025-08-26"
    private static let older = "/instance_identity/v1/iam_token?version=2022-03-01"

    @Test(arguments: [
        "/identity/v1/token?version=2025-08-26", "//identity//v1/token?version=2026-01-30",
        "/instance_identity/v1/token?version=2022-03-01", "//instance_identity/v1/token?version=2025-08-25",
    ])
    func aSessionHasIBMsFourMembersAndIsNoToken(target: String) async throws {
        try await EmulationWorld.run { emulation in
            let put = emulation.request(
                "PUT",
                target,
                ["Metadata-Flavor: ibm"],
                body: #"{"expires_in": 60, "nonce":"n"}"#
            )
            let answer = try await emulation.ask(put)
            let object = try JSONDocument(parsing: answer.body).root
            #expect(answer.status == 200)
            #expect(
                object.members?.map(\.name).sorted() == [
                    "access_token", "created_at", "expires_at", "expires_in", "nonce",
                ]
            )
            #expect(object["expires_in"]?.integer == 60)
            #expect(object["nonce"]?.string == "n")
            #expect(object["access_token"]?.string?.contains("eyJ") == false)
        }
    }

    @Test(arguments: [
        (#"{"expires_in":4}"#, "invalid_value"), (#"{"expires_in":5}"#, nil), (#"{"expires_in":3600}"#, nil),
        (#"{"expires_in":3601}"#, "invalid_value"), (#"{"expires_in":"300"}"#, "invalid_value"),
        (#"{"expires_in":1e2}"#, nil), (#"{"expires_in":1.5}"#, "invalid_value"), (#"{"nonce":1}"#, "invalid_value"),
        (#"{"other":1}"#, "unknown_field"), ("[]", "invalid_request"), ("{", "invalid_request"), ("{}", nil), ("", nil),
        (#"{"expires_in":99999999999999999999}"#, "invalid_value"),
    ])
    func theBodyOfASessionIsReadAsIBMReadsIt(body: String, code: String?) async throws {
        try await EmulationWorld.run { emulation in
            let target = "/identity/v1/token?version=2025-08-26"
            let answer = try await emulation.ask(emulation.request("PUT", target, ["Metadata-Flavor: ibm"], body: body))
            try expect(answer, code)
        }
    }

    @Test(arguments: [
        ("/identity/v1/token", "missing_field", 400), ("/identity/v1/token?version=", "missing_value", 400),
        ("/identity/v1/token?version=2022-02-28", "invalid_version_range", 400),
        ("/identity/v1/token?version=2022-3-1", "invalid_value", 400),
        ("/identity/v1/token?version=2022-13-01", "invalid_value", 400),
        ("/identity/v1/token?version=2022-03-01&version=2022-03-01", "invalid_value", 400),
        ("/identity/v1/token?version=2022-03-01&other=1", "unknown_field", 400),
        ("/instance_identity/v1/token?version=2025-08-26", "not_found", 404),
        ("/identity/v1/iam_token?version=2025-08-26", "not_found", 404),
        ("/identity/v2/token?version=2025-08-26", "not_found", 404),
    ])
    func versionsAndPathsFollowIBMsRules(target: String, code: String, status: Int) async throws {
        try await EmulationWorld.run { emulation in
            let answer = try await emulation.ask(emulation.request("PUT", target, ["Metadata-Flavor: ibm"]))
            #expect(answer.status == status)
            try expect(answer, code)
        }
    }

    @Test(arguments: [
        ("/instance_identity/v1/token?version=2025-08-26", "PUT /identity/v1/token"),
        ("/identity/v1/iam_token?version=2025-08-26", "POST /identity/v1/iam_tokens"),
        ("/instance_identity/v1/iam_tokens?version=2022-03-01", "POST /instance_identity/v1/iam_token"),
    ])
    func theWrongFamilyIsToldTheRightOne(target: String, right: String) async throws {
        try await EmulationWorld.run { emulation in
            let answer = try await emulation.ask(emulation.request("PUT", target, ["Metadata-Flavor: ibm"]))
            #expect(answer.body.contains(right))
        }
    }

    @Test(arguments: [newer, older])
    func aGrantedProfileIsHandedOutWithWhatRemains(target: String) async throws {
        try await EmulationWorld.run { emulation in
            let world = emulation.world
            try await world.warm()
            world.time.advance(by: .seconds(60))
            let body = #"{"trusted_profile": {"name": "reports"}}"#
            let answer = try await ask(emulation, target, body)
            let object = try JSONDocument(parsing: answer.body).root
            #expect(answer.status == 200)
            let expected = try world.mint.token(issuedAt: ManualTime.start).compact.exposed
            #expect(object["access_token"]?.string == expected)
            #expect(object["expires_in"]?.integer == 3_540)
            #expect(object.members?.count == 4)
        }
    }

    @Test(arguments: [
        (#"{"trusted_profile":{"name":"backups"}}"#, "profile_not_linked"),
        (#"{"trusted_profile":{"name":"nobody"}}"#, "profile_not_linked"),
        (#"{"trusted_profile":{"id":"Profile-1"}}"#, "profile_not_linked"),
        (#"{"trusted_profile":{"crn":"crn:v1"}}"#, "profile_not_linked"),
        ("", "profile_not_linked"), ("{}", "missing_field"), (#"{"trusted_profile":{}}"#, "missing_field"),
        (#"{"trusted_profile":{"name":"reports","id":"Profile-1"}}"#, "invalid_value"),
        (#"{"trusted_profile":{"name":""}}"#, "invalid_value"), (#"{"trusted_profile":{"name":1}}"#, "invalid_value"),
        (#"{"trusted_profile":"reports"}"#, "invalid_value"), (#"{"trusted_profile":{"other":"a"}}"#, "unknown_field"),
        (#"{"profile":{}}"#, "unknown_field"), ("[1]", "invalid_request"), ("\u{0}", "invalid_request"),
    ])
    func whatIsNotGrantedOrNotUnderstoodIsRefused(body: String, code: String) async throws {
        try await EmulationWorld.run { emulation in
            try await emulation.world.warm()
            let answer = try await ask(emulation, Self.newer, body)
            #expect(answer.status == 400)
            try expect(answer, code)
        }
    }

    @Test(arguments: [
        [], ["Authorization: Bearer"], ["Authorization: Bearer "], ["Authorization: Basic Yng6Yng="],
        ["Authorization: Bearer iam-broker-session.AAAA"], ["Authorization: Bearer a", "Authorization: Bearer b"],
    ])
    func withoutASessionOfItsOwnNobodyGetsAnything(fields: [String]) async throws {
        try await EmulationWorld.run(instance: nil) { emulation in
            try await emulation.world.warm()
            for (method, target) in [
                ("POST", Self.newer), ("POST", Self.older), ("GET", "/metadata/v1/instance?version=2025-08-26"),
                ("POST", "/identity/v1/certificates?version=2025-08-26"),
            ] {
                let answer = try await emulation.ask(emulation.request(method, target, fields))
                #expect(answer.status == 401)
                try expect(answer, "unauthenticated")
            }
        }
    }

    @Test func theFlavorIsOptionalOnThePostAndAnotherOneIsAMistake() async throws {
        try await EmulationWorld.run { emulation in
            try await emulation.world.warm()
            let session = try await emulation.session()
            let body = #"{"trusted_profile":{"name":"reports"}}"#
            for (flavor, status) in [([], 200), (["Metadata-Flavor: ibm"], 200), (["Metadata-Flavor: google"], 400)] {
                let fields = flavor + ["Authorization: bearer \(session)"]
                let answer = try await emulation.ask(emulation.request("POST", Self.newer, fields, body: body))
                #expect(answer.status == status)
            }
        }
    }

    private func ask(_ emulation: EmulationWorld, _ target: String, _ body: String) async throws -> WireAnswer {
        let fields = ["Authorization: Bearer \(try await emulation.session())"]
        return try await emulation.ask(emulation.request("POST", target, fields, body: body))
    }

    private func expect(_ answer: WireAnswer, _ code: String?, _ location: SourceLocation = #_sourceLocation) throws {
        guard let code else {
            #expect(answer.status == 200, sourceLocation: location)
            return
        }
        let object = try JSONDocument(parsing: answer.body).root
        #expect(object["errors"]?.array?.first?["code"]?.string == code, sourceLocation: location)
        #expect(object["trace"]?.string == answer["X-Request-Id"].first, sourceLocation: location)
        #expect(answer["Content-Type"] == ["application/json"], sourceLocation: location)
    }
}
