import Testing

@testable import BrokerCommands

/// Where a token may be sent.
@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("https://iam.cloud.ibm.com/v1/apikeys?a=b%20c", "/v1/apikeys?a=b%20c"),
        ("https://us-south.iaas.cloud.ibm.com", "/"),
        ("HTTPS://IAM.Cloud.IBM.com:443/", "/"), ("https://cloud.ibm.com?a", "/?a"),
        ("https://b.s3.us-south.cloud-object-storage.appdomain.cloud/k", "/k"),
        ("https://i.us-south.secrets-manager.appdomain.cloud/api/v2/secrets", "/api/v2/secrets"),
        ("https://iam.cloud.ibm.com//a/../b", "//a/../b"), ("https://iam.cloud.ibm.com/a@b:c", "/a@b:c"),
    ])
    func hostsOfIBMCloudMay(url: String, path: String) throws {
        let target = try RequestTarget(url)
        #expect(target.mayHaveToken(allowing: []))
        #expect(target.path == path)
    }

    @Test(arguments: [
        "https://evil.example", "https://cloud.ibm.com.evil.example", "https://evilcloud.ibm.com", "https://ibm.com",
        "https://a.appdomain.cloud", "https://app.us-south.containers.appdomain.cloud",
        "https://cloud-object-storage.appdomain.cloud",
        "https://a.evilcloud-object-storage.appdomain.cloud", "https://iam.cloud.ibm.com:8443",
        "http://127.0.0.1/iam.cloud.ibm.com",
        "https://evil.example/.cloud.ibm.com", "https://evil.example?.cloud.ibm.com", "https://iam.cloud.ibm.com.",
    ])
    func othersMayNot(url: String) throws {
        let target = try RequestTarget(url)
        #expect(!target.mayHaveToken(allowing: ["iam.cloud.ibm.com"]))
    }

    @Test(arguments: [
        "", "iam.cloud.ibm.com", "http://iam.cloud.ibm.com", "ftp://iam.cloud.ibm.com", "https://", "https:///a",
        "https://user@iam.cloud.ibm.com", "https://iam.cloud.ibm.com@evil.example", "https://iam.cloud.ibm.com#a",
        "https://iam.cloud.ibm.com/#", "https://evil.example\\.cloud.ibm.com", "https://iam.cloud.ibm.com/ a",
        "https://iam.cloud.ibm.com/\u{E9}", "https://iam.cloud.ibm.com/\r\nX: y", "https://iam.cloud.ibm.com:0",
        "https://iam.cloud.ibm.com:99999", "https://\u{212A}.cloud.ibm.com", "javascript:alert(1)//.cloud.ibm.com",
    ])
    func whatIsNoPlainURLIsRefused(url: String) {
        #expect(throws: (any Error).self) { try RequestTarget(url) }
    }

    @Test(arguments: [
        ("https://api.example/a", "api.example", true), ("https://api.example:8443/a", "api.example:8443", true),
        ("https://api.example:8443/a", "api.example", false), ("https://api.example/a", "API.example", true),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080", true), ("https://a.api.example/", "api.example", false),
        ("https://api.example/", "", false),
    ])
    func anotherHostMustBeNamedExactly(url: String, allowed: String, isAllowed: Bool) throws {
        let target = try RequestTarget(url)
        #expect(target.mayHaveToken(allowing: [allowed]) == isAllowed)
    }
}
