import CloudSimulator
import Foundation
import JOSE
import Testing

/// AWS Signature Version 4, as botocore makes it and as AWS publishes it.
@Suite struct SignatureTests {
    @Test(arguments: [
        ("list of buckets", "200"), ("put", "200"), ("get of nothing", "NoSuchKey"),
        ("put with an unsigned body", "200"), ("put with a difficult key", "200"),
        ("list with sorted parameters", "200"), ("presigned get", "NoSuchKey"), ("presigned put", "200"),
        ("unsigned chunks", "200"), ("signed chunks", "200"), ("signed chunks and trailer", "200"),
    ])
    func whatBotocoreSignsIsTaken(name: String, outcome: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.send(try .named(name))
            #expect(response.outcome == outcome, "\(response.text)")
        }
    }

    @Test func whatWasPutIsWhatIsRead() async throws {
        try await TestCloud.run { cloud in
            _ = try await cloud.send(try .named("put"))
            let read = try await cloud.storage("GET", "/broker-reports/folder/report.txt")
            #expect(read.text == "the report")
            #expect(read.headers["content-type"] == "text/plain" && read.headers["x-amz-meta-list"] != nil)
            _ = try await cloud.send(try .named("put with a difficult key"))
            let listing = try await cloud.storage("GET", "/broker-reports?prefix=/")
            #expect(try listing.elements("Key") == ["/a b+c/./../é~%-_.=&amp;"])
        }
    }

    @Test(arguments: ["unsigned chunks", "signed chunks", "signed chunks and trailer"])
    func chunksLoseTheirFraming(name: String) async throws {
        try await TestCloud.run { cloud in
            _ = try await cloud.send(try .named(name))
            let read = try await cloud.storage("GET", "/broker-reports/chunks")
            #expect(read.text == String(repeating: "a", count: 2_000) + String(repeating: "b", count: 1_000) + "end")
            #expect(read.headers["content-encoding"] == nil)
        }
    }

    /// The examples of Amazon's "Signature Calculations for the Authorization Header".
    ///
    /// Their buckets are in the host name, which the simulator does not know: a signature that is right leads to the answers
    /// given here, and one that is wrong to `SignatureDoesNotMatch`.
    @Test(arguments: [
        (
            "/test.txt", "range", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            "NoSuchBucket"
        ),
        (
            "/?max-keys=2&prefix=J", "", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
            "NotImplemented"
        ),
        (
            "/?lifecycle", "", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
            "NotImplemented"
        ),
    ])
    func thePublishedExamplesAreRight(
        target: String,
        field: String,
        value: String,
        signature: String,
        outcome: String
    ) async throws {
        try await Self.withAmazonsPair { cloud in
            let names = ["host", field, "x-amz-content-sha256", "x-amz-date"].filter { !$0.isEmpty }
            var request = SignedRequest(method: "GET", target: target, fields: [], body: "")
            request[field: "host"] = "examplebucket.s3.amazonaws.com"
            if !field.isEmpty { request[field: field] = value }
            request[field: "x-amz-content-sha256"] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            request[field: "x-amz-date"] = "20130524T000000Z"
            request[field: "authorization"] =
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=\(names.joined(separator: ";")),Signature=\(signature)"
            let response = try await cloud.send(request)
            #expect(response.outcome == outcome)
            request[field: "authorization"] = request[field: "authorization"].replacing("us-east-1", with: "us-east-2")
            let refused = try await cloud.send(request)
            #expect(refused.outcome == "SignatureDoesNotMatch")
        }
    }

    /// The example of Amazon's "Transferring Payload in Multiple Chunks".
    @Test func thePublishedChunksAreRight() async throws {
        try await Self.withAmazonsPair { cloud in
            let text = { (count: Int) in String(repeating: "a", count: count) }
            let body =
                "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n"
                + text(65_536)
                + "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n"
                + text(1_024)
                + "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"
            #expect(body.utf8.count == 66_824)
            let names = [
                "content-encoding", "content-length", "host", "x-amz-content-sha256", "x-amz-date",
                "x-amz-decoded-content-length", "x-amz-storage-class",
            ]
            var request = SignedRequest(method: "PUT", target: "/examplebucket/chunkObject.txt", fields: [], body: body)
            request[field: "host"] = "s3.amazonaws.com"
            request[field: "x-amz-date"] = "20130524T000000Z"
            request[field: "x-amz-storage-class"] = "REDUCED_REDUNDANCY"
            request[field: "x-amz-content-sha256"] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
            request[field: "content-encoding"] = "aws-chunked"
            request[field: "x-amz-decoded-content-length"] = "66560"
            request[field: "authorization"] =
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=\(names.joined(separator: ";")),"
                + "Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
            let response = try await cloud.send(request)
            #expect(response.outcome == "200", "\(response.text)")
        }
    }

    private static func withAmazonsPair(_ body: (TestCloud) async throws -> Void) async throws {
        var instance = SimulatedInstance()
        instance.hmacPairs = [
            HMACPair(
                name: "published",
                accessKeyID: "AKIAIOSFODNN7EXAMPLE",
                secretAccessKey: Redacted("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
            )
        ]
        instance.buckets = ["examplebucket"]
        try await TestCloud.run(instance: instance) { cloud in
            let published = Date(timeIntervalSince1970: 1_369_353_600)  // 2013-05-24
            cloud.simulator.clockOffset = Int(published.timeIntervalSince(TestCloud.start))
            try await body(cloud)
        }
    }
}
