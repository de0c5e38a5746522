import CloudSimulator
import Foundation
import Testing

/// Everything that is signed, changed after it was signed.
@Suite struct SignatureRefusalTests {
    typealias Change = (title: String, outcome: String, change: @Sendable (inout SignedRequest) -> Void)

    private static let changes: [Change] = [
        ("method", "SignatureDoesNotMatch", { $0.method = "DELETE" }),
        ("key", "SignatureDoesNotMatch", { $0.target += "2" }),
        ("bucket", "SignatureDoesNotMatch", { $0.target = "/other/folder/report.txt" }),
        ("slash more", "SignatureDoesNotMatch", { $0.target = "/broker-reports/folder//report.txt" }),
        ("parameter", "SignatureDoesNotMatch", { $0.target += "?x-id=PutObject" }),
        ("host", "SignatureDoesNotMatch", { $0[field: "host"] = "cos.example.org:8170" }),
        ("type", "SignatureDoesNotMatch", { $0[field: "content-type"] = "text/html" }),
        ("type left out", "SignatureDoesNotMatch", { $0.remove(field: "content-type") }),
        ("metadata", "SignatureDoesNotMatch", { $0[field: "x-amz-meta-note"] = "three words" }),
        ("a value more", "SignatureDoesNotMatch", { $0.fields.append(["x-amz-meta-list", "c"]) }),
        ("order of values", "SignatureDoesNotMatch", { $0[field: "x-amz-meta-list"] = "a,b" }),
        ("time", "SignatureDoesNotMatch", { $0[field: "x-amz-date"] = "20260901T100001Z" }),
        ("region", "SignatureDoesNotMatch", { $0.replace("/us-south/", with: "/eu-de/", in: "authorization") }),
        ("signature", "SignatureDoesNotMatch", { $0.spoilSignature() }),
        ("body", "XAmzContentSHA256Mismatch", { $0.body = "another report" }),
        ("body and its hash", "SignatureDoesNotMatch", { $0[field: "x-amz-content-sha256"] = "UNSIGNED-PAYLOAD" }),
        ("hash", "InvalidRequest", { $0[field: "x-amz-content-sha256"] = "abc" }),
        ("hash left out", "InvalidRequest", { $0.remove(field: "x-amz-content-sha256") }),
        (
            "day of the scope", "AuthorizationHeaderMalformed",
            { $0.replace("/20260901/", with: "/20260902/", in: "authorization") }
        ),
        ("service", "AuthorizationHeaderMalformed", { $0.replace("/s3/", with: "/iam/", in: "authorization") }),
        ("host not signed", "AuthorizationHeaderMalformed", { $0.replace("host;", with: "", in: "authorization") }),
        (
            "metadata not signed", "AccessDenied",
            { $0.replace("x-amz-meta-note", with: "content-type", in: "authorization") }
        ),
        ("metadata added", "AccessDenied", { $0.fields.append(["x-amz-acl", "public-read"]) }),
        ("time left out", "AccessDenied", { $0.remove(field: "x-amz-date") }),
        (
            "algorithm", "InvalidRequest",
            { $0.replace("AWS4-HMAC-SHA256", with: "AWS4-HMAC-SHA1", in: "authorization") }
        ),
        (
            "another pair", "InvalidAccessKeyId",
            { $0.replace("Credential=0", with: "Credential=1", in: "authorization") }
        ),
        ("two authorizations", "InvalidArgument", { $0.fields.append(["authorization", "Bearer x"]) }),
        ("authorization of both kinds", "InvalidArgument", { $0.target += "?X-Amz-Algorithm=AWS4-HMAC-SHA256" }),
    ]

    @Test(arguments: changes.indices)
    func aChangedRequestIsRefusedAndChangesNothing(index: Int) async throws {
        let (title, outcome, change) = Self.changes[index]
        try await TestCloud.run { cloud in
            var request = try SignedRequest.named("put")
            change(&request)
            let response = try await cloud.send(request)
            #expect(response.outcome == outcome, "\(title)")
            let listing = try await cloud.storage("GET", "/broker-reports")
            #expect(try listing.elements("Key").isEmpty, "\(title)")
        }
    }

    @Test func whatIsNotSignedMayBeAdded() async throws {
        try await TestCloud.run { cloud in
            var request = try SignedRequest.named("put")
            request.fields.append(["User-Agent", "somebody on the way"])
            let response = try await cloud.send(request)
            #expect(response.outcome == "200")
        }
    }

    private static let changesOfURLs: [Change] = [
        ("method", "SignatureDoesNotMatch", { $0.method = "GET" }),
        ("key", "SignatureDoesNotMatch", { $0.target = $0.target.replacing("/presigned?", with: "/other?") }),
        (
            "lifetime", "SignatureDoesNotMatch",
            { $0.target = $0.target.replacing("Expires=60", with: "Expires=600000") }
        ),
        ("parameter", "SignatureDoesNotMatch", { $0.target = $0.target.replacing("x-id=PutObject", with: "x-id=Put") }),
        ("metadata", "SignatureDoesNotMatch", { $0[field: "x-amz-meta-note"] = "another" }),
        ("metadata added", "AccessDenied", { $0.fields.append(["x-amz-meta-more", "1"]) }),
        (
            "lifetime of months", "AuthorizationQueryParametersError",
            { $0.target = $0.target.replacing("Expires=60", with: "Expires=604801") }
        ),
        ("lifetime twice", "AuthorizationQueryParametersError", { $0.target += "&X-Amz-Expires=60" }),
        (
            "signature left out", "AuthorizationQueryParametersError",
            { $0.target = $0.target.replacing("X-Amz-Signature", with: "X-Signature") }
        ),
    ]

    @Test(arguments: changesOfURLs.indices)
    func aChangedURLIsRefused(index: Int) async throws {
        let (title, outcome, change) = Self.changesOfURLs[index]
        try await TestCloud.run { cloud in
            var request = try SignedRequest.named("presigned put")
            change(&request)
            let response = try await cloud.send(request)
            #expect(response.outcome == outcome, "\(title)")
        }
    }

    private static let changesOfChunks: [Change] = [
        ("content", "SignatureDoesNotMatch", { $0.body = $0.body.replacing("bbb", with: "bcb", maxReplacements: 1) }),
        ("end left out", "IncompleteBody", { $0.body = String($0.body.prefix { $0 != "e" }) }),
        ("trailer", "SignatureDoesNotMatch", { $0.body = $0.body.replacing("AAAAAA==", with: "AAAAAAA=") }),
        (
            "trailer without signature", "IncompleteBody",
            { $0.body = $0.body.replacing("x-amz-trailer-signature", with: "x-amz-other") }
        ),
        (
            "signature left out", "IncompleteBody",
            { $0.body = $0.body.replacing(";chunk-signature", with: ";signature") }
        ),
        ("more behind the end", "IncompleteBody", { $0.body += "0\r\n" }),
        ("size", "SignatureDoesNotMatch", { $0.body = $0.body.replacing("7d0;", with: "7d1;") }),
    ]

    @Test(arguments: changesOfChunks.indices)
    func changedChunksAreRefused(index: Int) async throws {
        let (title, outcome, change) = Self.changesOfChunks[index]
        try await TestCloud.run { cloud in
            var request = try SignedRequest.named("signed chunks and trailer")
            change(&request)
            let response = try await cloud.send(request)
            #expect(response.outcome == outcome, "\(title)")
        }
    }

    @Test(arguments: [(-901, "RequestTimeTooSkewed"), (-900, "200"), (899, "200"), (900, "RequestTimeTooSkewed")])
    func theClockMayBeAQuarterOfAnHourOff(offset: Int, outcome: String) async throws {
        try await TestCloud.run { cloud in
            // The cloud's start is a third of a second after the signature.
            cloud.simulator.clockOffset = offset
            let response = try await cloud.send(try .named("put"))
            #expect(response.outcome == outcome)
        }
    }

    @Test(arguments: [(-901, "AccessDenied"), (-900, "200"), (59, "200"), (60, "AccessDenied")])
    func aURLWorksForItsLifetime(offset: Int, outcome: String) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.clockOffset = offset
            let response = try await cloud.send(try .named("presigned put"))
            #expect(response.outcome == outcome)
        }
    }
}

extension SignedRequest {
    /// Changes the last digit of the signature.
    fileprivate mutating func spoilSignature() {
        let text = self[field: "authorization"]
        self[field: "authorization"] = text.dropLast() + (text.hasSuffix("0") ? "1" : "0")
    }
}
