import JOSE
import MessageDigests
import Testing

@testable import IBMCloud

/// The examples that AWS publishes: "Create a signed AWS API request", and "Signature Calculations for the Authorization
/// Header" in the S3 API reference.
@Suite struct RequestSignerTests {
    private static let time = "20130524T000000Z"
    private static let host = "examplebucket.s3.amazonaws.com"
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private static let signer = RequestSigner(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE",
        secretAccessKey: Redacted("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1",
        service: "s3"
    )

    struct Example: Sendable {
        let method: String
        let path: String
        var query: [(name: String, value: String)] = []
        var headers: [(name: String, value: String)] = []
        var hash = emptyHash
        let names: String
        let signature: String
    }

    @Test(arguments: [
        Example(
            method: "GET",
            path: "/test.txt",
            headers: [("Range", "bytes=0-9")],
            names: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
        Example(
            method: "PUT",
            path: "/test%24file.text",
            headers: [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            hash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            names: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        ),
        Example(
            method: "GET",
            path: "/",
            query: [("lifecycle", "")],
            names: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        ),
        Example(
            method: "GET",
            path: "",
            query: [("prefix", "J"), ("max-keys", "2")],
            names: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ])
    func signsAsTheExamplesOfS3(_ example: Example) throws {
        let request = RequestSigner.Request(
            method: example.method,
            path: example.path,
            query: example.query,
            headers: [("X-Amz-Date", Self.time), ("Host", Self.host), ("x-amz-content-sha256", example.hash)]
                + example.headers,
            payloadHash: example.hash
        )
        let scope = "20130524/us-east-1/s3/aws4_request"
        #expect(
            try Self.signer.authorization(request, at: Self.time)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/\(scope),SignedHeaders=\(example.names),"
                + "Signature=\(example.signature)"
        )
    }

    @Test func signsAsTheExampleOfIAM() throws {
        let signer = RequestSigner(
            accessKeyID: "AKIDEXAMPLE",
            secretAccessKey: Redacted("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1",
            service: "iam"
        )
        let request = RequestSigner.Request(
            method: "GET",
            path: "/",
            query: [("Version", "2010-05-08"), ("Action", "ListUsers")],
            headers: [
                ("content-type", "application/x-www-form-urlencoded;  charset=utf-8 "),
                ("host", "iam.amazonaws.com"), ("x-amz-date", "20150830T123600Z"),
            ],
            payloadHash: Self.emptyHash
        )
        let header = try signer.authorization(request, at: "20150830T123600Z")
        #expect(header.hasSuffix("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"))
        let key = try signer.key(["20150830", "us-east-1", "iam", "aws4_request"])
        let digits = key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(digits == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")
    }

    @Test(arguments: [
        ("https://s3.us-south.cloud-object-storage.appdomain.cloud", "us-south"),
        ("https://s3.private.eu-de.cloud-object-storage.appdomain.cloud:443/", "eu-de"),
        ("https://cloud-object-storage.example", "us-east-1"), ("http://127.0.0.1:9000/storage/", "us-east-1"),
    ])
    func theRegionIsThatOfTheEndpoint(url: String, region: String) {
        #expect(ServiceURL(url)?.storageRegion == region)
    }

    @Test(arguments: [
        ("https://s3.example", "s3.example", ""), ("http://127.0.0.1:9000/storage/", "127.0.0.1:9000", "/storage"),
        ("http://[::1]:80", "[::1]:80", ""), ("https://s3.example/a/b//", "s3.example", "/a/b"),
    ])
    func aURLHasAnAuthorityAndAPath(url: String, authority: String, path: String) {
        #expect(ServiceURL(url)?.authority == authority)
        #expect(ServiceURL(url)?.path == path)
    }

    /// RFC 4231, sections 4.2, 4.3 and 4.7.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func codesAreThoseOfTheRFC(key: [UInt8], message: String, expected: String) throws {
        #expect(try HMACSHA256.code(of: Array(message.utf8), key: key).hexadecimal == expected)
    }

    @Test func anEmptyKeyIsAKey() throws {
        #expect(
            try HMACSHA256.code(of: [], key: []).hexadecimal
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        )
    }
}
