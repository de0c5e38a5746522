import JOSE
import NIOHTTP1
import SystemPrograms
import Testing

@testable import BrokerCommands

/// What a private endpoint sends on, and where it leads programs.
@Suite struct EndpointRequestTests {
    private let secret: EndpointSecret

    init() throws { secret = try EndpointSecret() }

    private func read(
        _ uri: String,
        _ method: HTTPMethod = .GET,
        host: String? = "127.0.0.1:4000",
        _ fields: [(String, String)] = []
    ) -> Result<EndpointRequest, EndpointRequest.Refusal> {
        let uri = uri.replacing("SECRET", with: secret.text.exposed)
        let headers = HTTPHeaders((host.map { [("Host", $0)] } ?? []) + fields)
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
        return Result { () throws(EndpointRequest.Refusal) in
            try EndpointRequest(head, secret, profile: "reports", port: 4_000)
        }
    }

    @Test func theSecretIs256BitsAndNewEachTime() throws {
        #expect(Base64URL.decode(secret.text.exposed)?.count == 32)
        #expect(try EndpointSecret().text.exposed != secret.text.exposed)
        #expect("\(secret.text)" == "<redacted>")
    }

    @Test(arguments: [
        ("/SECRET/identity/v1/token?version=2025-08-26", "identity/v1/token?version=2025-08-26"),
        ("/SECRET//instance_identity//v1/token?version=2022-03-01", "instance_identity/v1/token?version=2022-03-01"),
        ("/SECRET/instance_identity/v1/iam_token?a?b", "instance_identity/v1/iam_token?a?b"),
        ("/SECRET/identity/v1/iam_tokens", "identity/v1/iam_tokens"), ("/SECRET/identity/token", "identity/token"),
        ("/SECRET/oidc/token", "oidc/token"), ("/SECRET/identity/keys", "identity/keys"),
        ("/SECRET/metadata/v1/instance?version=1", "metadata/v1/instance?version=1"),
    ])
    func ibmsPathsGoToTheProfilesOwn(uri: String, target: String) throws {
        #expect(try read(uri).get().target == "/v1/bound/reports/\(target)")
    }

    @Test(arguments: [
        "/identity/keys", "/", "", "*", "//SECRET/identity/keys", "/SECREt/identity/keys", "/SECRETx/identity/keys",
        "http://127.0.0.1:4000/SECRET/identity/keys", "/?SECRET/identity/keys", "SECRET/identity/keys",
    ])
    func whoDoesNotKnowTheSecretIsAStranger(uri: String) {
        // Whatever else is wrong with it.
        for host in ["127.0.0.1:4000", "evil.example", nil] {
            #expect(throws: EndpointRequest.Refusal.stranger) { try read(uri, .DELETE, host: host).get() }
        }
    }

    @Test(arguments: [
        "/SECRET", "/SECRET/", "/SECRET/v1/token?profile=backups", "/SECRET/identity/v1/certificates",
        "/SECRET/metadata/v1", "/SECRET/metadata/v2/instance", "/SECRET/identity/.well-known/openid-configuration",
        "/SECRET/../v1/token", "/SECRET/identity%2Fkeys", "/SECRET/v1/bound/backups/identity/keys",
    ])
    func nothingElseIsThere(uri: String) {
        #expect(throws: EndpointRequest.Refusal.unknownPath) { try read(uri).get() }
    }

    @Test(arguments: ["evil.example", "evil.example:4000", "127.0.0.1", "127.0.0.1:4001", nil])
    func anotherHostIsRefused(host: String?) {
        #expect(throws: EndpointRequest.Refusal.host) { try read("/SECRET/identity/keys", host: host).get() }
    }

    @Test func onlyFieldsOfTheConnectionStayBehind() throws {
        let fields = [
            ("Origin", "http://evil.example"), ("Via", "1.1 proxy"), ("Authorization", "Bearer x"),
            ("Connection", "close"),
            ("Content-Length", "1"), ("Transfer-Encoding", "chunked"), ("Metadata-Flavor", "ibm"),
        ]
        let names = try read("/SECRET/identity/keys", .GET, fields).get().headers.map(\.name)
        #expect(names == ["Origin", "Via", "Authorization", "Metadata-Flavor"])
        #expect(throws: EndpointRequest.Refusal.method) { try read("/SECRET/identity/keys", .DELETE).get() }
    }

    @Test func variablesLeadToTheEndpointAndToNothingElse() {
        var environment = ProgramEnvironment()
        for name in ["IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN", "MY_VPC_BEARER_TOKEN", "MY_VPC_IAM_PROFILE_CRN", "A"] {
            environment[name] = "old"
        }
        environment["NO_PROXY"] = "example.com"
        let variables = EndpointVariables(
            url: "http://e",
            profile: "reports",
            profileID: "Profile-1",
            services: ["MY_VPC"],
            isForTerraform: true
        )
        variables.apply(to: &environment)
        let expected = [
            "IC_IAM_TOKEN": nil, "IBMCLOUD_IAM_TOKEN": nil, "MY_VPC_BEARER_TOKEN": nil, "MY_VPC_IAM_PROFILE_CRN": nil,
            "A": "old", "IAM_BROKER_ENDPOINT": "http://e", "IBMCLOUD_CR_VPC_URL": "http://e", "MY_VPC_AUTH_TYPE": "vpc",
            "MY_VPC_AUTH_URL": "http://e", "MY_VPC_IAM_PROFILE_ID": "Profile-1", "IC_API_KEY": "reports",
            "IBMCLOUD_API_KEY": "reports", "IBMCLOUD_IAM_API_ENDPOINT": "http://e",
            "NO_PROXY": "example.com,127.0.0.1", "no_proxy": "example.com,127.0.0.1",
        ]
        for (name, value) in expected { #expect(environment[name] == value, "\(name)") }
        // Nothing is added twice.
        variables.apply(to: &environment)
        #expect(environment["no_proxy"] == "example.com,127.0.0.1")
    }
}
