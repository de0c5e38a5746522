import CloudSimulator
import Foundation
import JOSE
import Testing

/// The services that take IAM tokens.
@Suite struct ServiceTests {
    private static let targets = [
        "/v1/instances?version=2026-06-23&generation=2", "/v1/apikeys", "/api/v2/secrets", "/", "/v2/resource_keys",
    ]

    @Test(arguments: targets)
    func anyIAMTokenOfTheCloudOpens(target: String) async throws {
        try await TestCloud.run { cloud in
            for token in [try await cloud.iamToken(), try await cloud.askAPIKeyToken().string("access_token")] {
                let response = try await cloud.send(target, token)
                #expect(response.status == 200)
            }
        }
    }

    @Test(arguments: targets, [TokenFault.wrongKey, .wrongSignature, .expired])
    func aWrongIAMTokenIsRefused(target: String, fault: TokenFault) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(token: [fault]), for: .iamToken)
            let response = try await cloud.send(target, try await cloud.iamToken())
            #expect(response.status == (target == "/" ? 403 : 401))
        }
    }

    @Test(arguments: targets)
    func otherTokensAreRefused(target: String) async throws {
        try await TestCloud.run { cloud in
            let status = target == "/" ? 403 : 401
            let identity = try await cloud.send(target, try await cloud.identityToken())
            #expect(identity.status == status)
            let none = try await cloud.client.send("GET", target)
            #expect(none.status == status)
        }
    }

    @Test(arguments: targets)
    func aKeyThatWasRotatedAwayVouchesForNobody(target: String) async throws {
        try await TestCloud.run { cloud in
            let old = try await cloud.iamToken()
            try cloud.simulator.rotateKeys(to: TestKeys.next(), keepingOld: false, publishing: false)
            let refused = try await cloud.send(target, old)
            #expect(refused.status == (target == "/" ? 403 : 401))
            // The services know the new key before the world does.
            let answered = try await cloud.send(target, try await cloud.iamToken())
            #expect(answered.status == 200)
        }
    }

    @Test func tokensExpireHereToo() async throws {
        var instance = SimulatedInstance()
        instance.tokenLifetime = 60
        try await TestCloud.run(instance: instance) { cloud in
            let token = try await cloud.iamToken()
            cloud.simulator.clockOffset = 59
            let fresh = try await cloud.send("/api/v2/secrets", token)
            #expect(fresh.status == 200)
            cloud.simulator.clockOffset = 61
            let expired = try await cloud.send("/api/v2/secrets", token)
            #expect(expired.status == 401)
        }
    }

    @Test(arguments: [
        ("", []), ("?scope=account", ["simulator-service-id", "second"]),
        ("?scope=account&type=serviceid&include_history=false", ["simulator-service-id", "second"]),
        ("?scope=account&type=user", []), ("?iam_id=iam-ServiceId-2", ["second"]), ("?iam_id=iam-ServiceId-3", []),
        ("?scope=account&pagesize=1&pagetoken=1", ["second"]), ("?scope=account&pagetoken=2", []),
    ])
    func apiKeysAreListedWithoutTheirValues(query: String, names: [String]) async throws {
        var instance = SimulatedInstance()
        instance.apiKeys.append(ServiceIDKey(name: "second", serviceID: "ServiceId-2", key: Redacted("other-value")))
        try await TestCloud.run(instance: instance) { cloud in
            let response = try await cloud.send("/v1/apikeys\(query)", try await cloud.iamToken())
            #expect(response.status == 200)
            let keys = try #require(response.json()["apikeys"]?.array)
            #expect(keys.compactMap { $0["name"]?.string } == names)
            #expect(!response.text.contains("other-value"))
            #expect(!response.text.contains("simulator-api-key"))
        }
    }

    @Test func aServiceIDSeesItsOwnKey() async throws {
        try await TestCloud.run { cloud in
            let token = try await cloud.askAPIKeyToken().string("access_token")
            let response = try await cloud.send("/v1/apikeys", token)
            let key = try #require(response.json()["apikeys"]?.array?.first)
            let names: Set = [
                "account_id", "action_when_leaked", "created_at", "created_by", "crn", "disabled", "entity_tag",
                "iam_id",
                "id", "locked", "modified_at", "name", "support_sessions",
            ]
            #expect(Set(try #require(key.members).map(\.name)) == names)
            #expect(try response.members() == ["apikeys", "context", "first", "limit", "offset"])
        }
    }

    @Test func pagesOfAPIKeysAreLinked() async throws {
        var instance = SimulatedInstance()
        instance.apiKeys.append(ServiceIDKey(name: "second", serviceID: "ServiceId-2", key: Redacted("other-value")))
        try await TestCloud.run(instance: instance) { cloud in
            let response = try await cloud.send("/v1/apikeys?scope=account&pagesize=1", try await cloud.iamToken())
            let url = "https://iam.cloud.ibm.com/v1/apikeys?pagesize=1&scope=account&pagetoken="
            #expect(try response.string("next") == "\(url)1")
            let last = try await cloud.send("/v1/apikeys?scope=account&pagesize=1&pagetoken=1", cloud.iamToken())
            #expect(try last.string("previous") == "\(url)0")
            #expect(try last.json()["next"] == nil)
        }
    }

    @Test(arguments: [
        ("?pagesize=0", 400), ("?pagesize=101", 400), ("?pagetoken=3", 400), ("?pagetoken=-1", 400),
        ("?scope=world", 400), ("?type=group", 400), ("?sort=name", 400), ("?scope=account&iam_id=x", 400),
        ("?account_id=0", 403),
    ])
    func wrongQuestionsForAPIKeysAreRefused(query: String, status: Int) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.send("/v1/apikeys\(query)", try await cloud.iamToken())
            #expect(response.status == status)
            #expect(try response.members() == ["context", "errors", "status_code", "trace"])
        }
    }

    @Test(arguments: [
        ("", ["one", "two", "three"]), ("?limit=1&offset=1", ["two"]), ("?offset=3", []),
        ("?search=t", ["two", "three"]), ("?search=two", ["two"]), ("?groups=g", ["three"]),
        ("?groups=g,default", ["one", "two", "three"]), ("?secret_types=kv", ["two"]),
    ])
    func secretsAreListedWithoutTheirValues(query: String, names: [String]) async throws {
        var instance = SimulatedInstance()
        instance.secrets = [SimulatedSecret(id: "1", name: "one")]
        instance.secrets.append(SimulatedSecret(id: "2", name: "two", type: .kv))
        instance.secrets.append(SimulatedSecret(id: "3", name: "three", group: "g"))
        try await TestCloud.run(instance: instance) { cloud in
            let response = try await cloud.send("/api/v2/secrets\(query)", try await cloud.iamToken())
            #expect(response.status == 200)
            let secrets = try #require(response.json()["secrets"]?.array)
            #expect(secrets.compactMap { $0["name"]?.string } == names)
        }
    }

    @Test(arguments: [
        ("?limit=0", "limit"), ("?limit=1001", "limit"), ("?offset=-1", "offset"), ("?sort=name", "sort"),
    ])
    func wrongQuestionsForSecretsAreRefused(query: String, parameter: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.send("/api/v2/secrets\(query)", try await cloud.iamToken())
            #expect(response.status == 400)
            #expect(try response.vpcError()["target"]?["name"]?.string == parameter)
        }
    }

    @Test func bucketsAreListedInXML() async throws {
        var instance = SimulatedInstance()
        instance.buckets = ["one", "a<b&c"]
        try await TestCloud.run(instance: instance) { cloud in
            let response = try await cloud.send("/", try await cloud.iamToken())
            #expect(response.headers["content-type"] == "application/xml")
            #expect(response.text.hasPrefix(#"<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult"#))
            let names = response.text.matches(of: /<Bucket><Name>([^<]*)<\/Name>/).map { String($0.1) }
            #expect(names == ["one", "a&lt;b&amp;c"])
        }
    }

    @Test(arguments: ["/v1/apikeys", "/api/v2/secrets", "/"])
    func otherMethodsAreRefused(target: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.send(target, try await cloud.iamToken(), method: "DELETE")
            #expect(response.status == 405)
        }
    }
}

extension TestCloud {
    fileprivate func send(_ target: String, _ token: String, method: String = "GET") async throws -> RawResponse {
        try await client.send(method, target, headers: ["Authorization": "Bearer \(token)"])
    }
}
