import AccessPolicy
import BrokerTesting
import JOSE
import Testing
import TokenBroker

@testable import BrokerServer

/// IBM's paths for one profile alone, on the workload socket.
@Suite(.timeLimit(.minutes(2)))
struct BoundProfileTests {
    private static let apiKey = "grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey="
    private static let token = "grant_type=urn:ibm:params:oauth:grant-type:cr-token&cr_token=any&"
    private static let form = ["Content-Type: application/x-www-form-urlencoded"]

    private func released(_ world: World) -> [String] {
        world.audit.events.compactMap { if case .released(let release) = $0 { release.profile.rawValue } else { nil } }
    }

    /// The answer of `POST iam_tokens` with this body, bound to `profile`.
    private func exchange(_ world: World, _ body: String?, boundTo profile: String) async throws -> WireAnswer {
        let put = request("PUT", "/v1/bound/\(profile)/identity/v1/token?version=2025-08-26", ["Metadata-Flavor: ibm"])
        let session = try JSONDocument(parsing: try await world.ask(put).body).root["access_token"]?.string ?? ""
        let target = "/v1/bound/\(profile)/identity/v1/iam_tokens?version=2025-08-26"
        return try await world.ask(request("POST", target, ["Authorization: Bearer \(session)"], body: body))
    }

    // All three have one ID.
    @Test(arguments: [
        nil, #"{"trusted_profile":{"name":"reports"}}"#, #"{"trusted_profile":{"id":"ID"}}"#,
        #"{"trusted_profile":{"crn":"crn:v1:bluemix:public:iam-identity::a/ACCOUNT::profile:ID"}}"#,
    ])
    func theProfileIsHadUnderEachOfItsNamesAndWithoutOne(body: String?) async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let text = body?.replacing("ID", with: world.mint.profileID)
                .replacing("ACCOUNT", with: world.mint.accountID)
            let answer = try await exchange(world, text, boundTo: "reports")
            #expect(answer.status == 200)
            #expect(released(world) == ["reports"])
        }
    }

    @Test(arguments: ["archive", "backups", "nobody"])
    func anotherProfileIsRefusedEvenWhereItIsGranted(name: String) async throws {
        let world = try World()
        try await world.warm()
        try await world.warm("archive")
        try await world.serving {
            let vpc = try await exchange(world, #"{"trusted_profile":{"name":"\#(name)"}}"#, boundTo: "reports")
            let target = "/v1/bound/reports/identity/token"
            let key = try await world.ask(request("POST", target, Self.form, body: Self.apiKey + name))
            let byName = Self.token + "profile_name=\(name)"
            let container = try await world.ask(request("POST", target, Self.form, body: byName))
            for answer in [vpc, key, container] {
                #expect(answer.status == 400)
                #expect(answer.body.contains("here is only the profile reports"), "\(answer.body)")
            }
            #expect(released(world).isEmpty)
        }
    }

    @Test func theFormsOfIAMAreBoundToo() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            for body in [Self.apiKey + "reports", Self.token + "profile_name=reports"] {
                let form = request("POST", "/v1/bound/reports/identity/token", Self.form, body: body)
                let answer = try await world.ask(form)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func policyDecidesAsEver() async throws {
        let world = try World()
        try await world.serving {
            let answer = try await exchange(world, nil, boundTo: "backups")
            #expect(answer.status == 400)
            #expect(answer.body.contains("profile backups is not for this process"), "\(answer.body)")
        }
    }

    @Test(arguments: [
        "/v1/bound", "/v1/bound/", "/v1/bound/reports", "/v1/bound/reports/", "/v1/bound/reports/v1/token",
        "/v1/bound//identity/keys", "/v1/bound/a%62/identity/keys", "/v1/bound/reports/v1/bound/reports/identity/keys",
    ])
    func nothingElseIsThere(target: String) async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(get(target))
            #expect(answer.status == 404)
        }
    }

    @Test func browsersAndProxiesAreRefusedThereToo() async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(get("/v1/bound/reports/identity/keys", ["Origin: http://evil.example"]))
            #expect(answer.status == 403)
        }
    }
}
