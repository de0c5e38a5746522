import CloudSimulator
import JOSE
import Testing

/// `/v1/instances` of the VPC API.
@Suite struct InstanceServiceTests {
    @Test func theListHasTheInstance() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askVPC("GET", "")
            #expect(response.status == 200)
            #expect(try response.members() == ["first", "instances", "limit", "total_count"])
            let instances = try #require(response.json()["instances"]?.array)
            #expect(instances.count == 1)
            let id = cloud.simulator.instance.id
            #expect(instances.first?["id"]?.string == id)
            let url = "https://us-south.iaas.cloud.ibm.com/v1/instances"
            #expect(instances.first?["href"]?.string == "\(url)/\(id)")
            #expect(try response.json()["first"]?["href"]?.string == "\(url)?limit=50")
            let single = try await cloud.askVPC("GET", "/\(id)")
            #expect(single.text == instances.first?.text)
            #expect(cloud.simulator.requestCount(of: .vpc) == 2)
        }
    }

    @Test(arguments: [
        ("name=broker-host-1", 1), ("name=other", 0), ("vpc.name=broker-vpc&name=broker-host-1", 1), ("vpc.id=x", 0),
    ])
    func theListIsFiltered(query: String, count: Int) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askVPC("GET", "", query: query)
            #expect(try response.json()["total_count"]?.integer == count)
            #expect(try response.json()["instances"]?.array?.count == count)
        }
    }

    @Test(arguments: [
        (#"{"enabled":false}"#, #"{"enabled":false,"protocol":"http","response_hop_limit":1}"#),
        (#"{"protocol":"https"}"#, #"{"enabled":true,"protocol":"https","response_hop_limit":1}"#),
        (#"{"response_hop_limit":64}"#, #"{"enabled":true,"protocol":"http","response_hop_limit":64}"#),
        (
            #"{"enabled":true,"protocol":"https","response_hop_limit":2}"#,
            #"{"enabled":true,"protocol":"https","response_hop_limit":2}"#
        ),
        ("{}", #"{"enabled":true,"protocol":"http","response_hop_limit":1}"#),
    ])
    func aPatchChangesWhatItNames(patch: String, settings: String) async throws {
        try await TestCloud.run { cloud in
            let id = cloud.simulator.instance.id
            for type in ["application/merge-patch+json", "application/json; charset=utf-8"] {
                let body = #"{"metadata_service":\#(patch)}"#
                let changed = try await cloud.askVPC("PATCH", "/\(id)", type: type, body: body)
                #expect(changed.status == 200)
                #expect(try changed.json()["metadata_service"]?.text == settings)
            }
            let shown = try await cloud.askVPC("GET", "/\(id)")
            #expect(try shown.json()["metadata_service"]?.text == settings)
        }
    }

    @Test func aServiceThatIsPatchedOffIsOffUntilItIsPatchedOn() async throws {
        var instance = SimulatedInstance()
        instance.metadataService.whenDisabled = .unauthorized
        try await TestCloud.run(instance: instance) { cloud in
            let token = try await cloud.identityToken()
            let path = "/\(cloud.simulator.instance.id)"
            _ = try await cloud.askVPC("PATCH", path, body: #"{"metadata_service":{"enabled":false}}"#)
            let refused = try await cloud.askIAMToken(bearer: token)
            #expect(refused.status == 403)
            #expect(try refused.vpcError()["code"]?.string == "unauthorized")
            _ = try await cloud.askVPC("PATCH", path, body: #"{"metadata_service":{"enabled":true}}"#)
            let answered = try await cloud.askIAMToken(bearer: token)
            #expect(answered.status == 200)
        }
    }

    @Test(
        arguments: [
            ("", 400, "invalid_request", nil), ("[]", 400, "invalid_request", nil),
            (#"{"name":"x"}"#, 400, "unknown_field", "name"),
            (#"{"metadata_service":null}"#, 400, "invalid_value", "metadata_service"),
            (#"{"metadata_service":{"enabled":"yes"}}"#, 400, "invalid_value", "metadata_service.enabled"),
            (#"{"metadata_service":{"protocol":"ftp"}}"#, 400, "invalid_value", "metadata_service.protocol"),
            (
                #"{"metadata_service":{"response_hop_limit":0}}"#, 400, "invalid_value",
                "metadata_service.response_hop_limit"
            ),
            (
                #"{"metadata_service":{"response_hop_limit":65}}"#, 400, "invalid_value",
                "metadata_service.response_hop_limit"
            ),
            (#"{"metadata_service":{"colour":1}}"#, 400, "unknown_field", "metadata_service.colour"),
        ] as [(String, Int, String, String?)]
    )
    func aWrongPatchChangesNothing(body: String, status: Int, code: String, member: String?) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askVPC("PATCH", "/\(cloud.simulator.instance.id)", body: body)
            #expect(response.status == status)
            #expect(try response.members() == ["errors", "trace"])
            #expect(try response.vpcError()["code"]?.string == code)
            #expect(try response.vpcError()["target"]?["name"]?.string == member)
            #expect(cloud.simulator.instance.metadataService == MetadataService())
        }
    }

    @Test(arguments: [
        ("PATCH", "", "text/plain", "version=2026-06-23&generation=2", 415),
        ("PATCH", "other", "application/json", "version=2026-06-23&generation=2", 404),
        ("GET", "other", "application/json", "version=2026-06-23&generation=2", 404),
        ("DELETE", "", "application/json", "version=2026-06-23&generation=2", 405),
        ("GET", "", "application/json", "version=2019-01-01&generation=2", 200),
        ("GET", "", "application/json", "version=2018-12-31&generation=2", 400),
        ("GET", "", "application/json", "version=2026-06-23&generation=1", 400),
        ("GET", "", "application/json", "version=2026-06-23", 400),
        ("GET", "", "application/json", "generation=2", 400),
    ])
    func theRulesOfTheAPIHold(method: String, id: String, type: String, query: String, status: Int) async throws {
        try await TestCloud.run { cloud in
            let id = id.isEmpty ? cloud.simulator.instance.id : id
            let headers = ["Authorization": "Bearer \(try await cloud.iamToken())", "Content-Type": type]
            let response = try await cloud.client.send(method, "/v1/instances/\(id)?\(query)", headers: headers)
            #expect(response.status == status)
        }
    }
}

extension TestCloud {
    fileprivate func askVPC(
        _ method: String,
        _ path: String,
        query: String = "",
        type: String = "application/merge-patch+json",
        body: String = ""
    ) async throws -> RawResponse {
        // IAM's own token: the metadata service may be off.
        let token = try await askAPIKeyToken().string("access_token")
        let headers = ["Authorization": "Bearer \(token)", "Content-Type": type]
        let target = "/v1/instances\(path)?version=2026-06-23&generation=2\(query.isEmpty ? "" : "&\(query)")"
        return try await client.send(method, target, headers: headers, body: body)
    }
}
