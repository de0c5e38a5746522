import IBMCloud
import JOSE
import Testing
import TokenBroker

/// What is read of the instance, and signed for it, at the metadata service.
@Suite struct InstanceCallTests {
    private static let asked = CertificateRequest(
        signingRequest: "-----BEGIN CERTIFICATE REQUEST-----\nAA\n",
        lifetime: 600
    )
    private static let answer =
        #"{"certificates":["-----BEGIN CERTIFICATE-----\nA","-----BEGIN CERTIFICATE-----\nB"],"id":"one","#
        + #""created_at":"2026-09-01T10:00:00.363Z","expires_at":"2026-09-01T10:10:00Z","expires_in":600}"#

    @Test(arguments: [
        (
            MetadataQuery(path: "instance/volume_attachments"),
            "/metadata/v1/instance/volume_attachments?version=2025-08-26"
        ),
        (
            MetadataQuery(path: "placement_groups", start: "a b&limit=9#", limit: 7),
            "/metadata/v1/placement_groups?version=2025-08-26&start=a%20b%26limit%3D9%23&limit=7"
        ),
        (
            MetadataQuery(path: "placement_groups", start: "a%3D"),
            "/metadata/v1/placement_groups?version=2025-08-26&start=a%3D"
        ),
    ])
    func aResourceIsAskedForByPathAndPage(query: MetadataQuery, target: String) async throws {
        try await World.withServer(.json(200, #"{"a":1}"#)) { client, server in
            #expect(try await client.vpcMetadata.metadata(query, World.identity) == .document(Array(#"{"a":1}"#.utf8)))
            let request = try #require(server.requests.first)
            #expect(request.line == "GET \(target) HTTP/1.1")
            #expect(request.header("Authorization") == "Bearer \(World.identity.compact.exposed)")
            #expect(request.body.isEmpty)
        }
    }

    @Test(arguments: [
        (401, "{}", AcquisitionError.Code.identityRejected), (403, "{}", .forbidden), (429, "{}", .rateLimited),
        (500, "{}", .upstreamFailed), (200, "", .malformedAnswer), (200, "[]", .malformedAnswer),
        (200, #"{"a":1,"a":2}"#, .malformedAnswer), (200, "{", .malformedAnswer), (302, "{}", .requestRejected),
    ])
    func whatIsNoResourceIsATypedError(status: Int, body: String, code: AcquisitionError.Code) async throws {
        try await World.withServer(.json(status, body)) { client, _ in
            let error = try await World.failure {
                try await client.vpcMetadata.metadata(MetadataQuery(path: "instance"), World.identity)
            }
            #expect(error.code == code)
        }
    }

    @Test func aResourceThatDoesNotExistIsNoError() async throws {
        try await World.withServer(.json(404, "{}")) { client, _ in
            let answer = try await client.vpcMetadata.metadata(MetadataQuery(path: "keys/none"), World.identity)
            #expect(answer == .notFound)
        }
    }

    @Test func aCertificateIsAskedForInTheFamilyThatWorks() async throws {
        try await World.withServer(.json(404, "{}"), .json(200, Self.answer)) { client, server in
            let issued = try await client.vpcIdentity.certificate(Self.asked, World.identity)
            #expect(issued.chain.count == 2)
            #expect(issued.id == "one")
            #expect(issued.lifetime == 600)
            let lines = server.requests.map(\.line)
            #expect(
                lines == [
                    "POST /identity/v1/certificates?version=2025-08-26 HTTP/1.1",
                    "POST /instance_identity/v1/certificates?version=2022-03-01 HTTP/1.1",
                ]
            )
            let body = #"{"csr":"-----BEGIN CERTIFICATE REQUEST-----\u000aAA\u000a","expires_in":600}"#
            #expect(server.requests.last?.body == body)
        }
    }

    @Test(arguments: [
        ("certificates", "[]"), ("certificates", #"["text"]"#), ("certificates", "[1]"), ("certificates", "1"),
        ("certificates", "[\(Array(repeating: #""-----BEGIN CERTIFICATE-----""#, count: 9).joined(separator: ","))]"),
        ("id", "1"), ("created_at", #""yesterday""#), ("expires_at", "1"), ("expires_in", "0"),
        ("expires_in", #""600""#),
    ])
    func anAnswerThatIsNoCertificateIsRefused(name: String, value: String) async throws {
        var members = [
            "certificates": #"["-----BEGIN CERTIFICATE-----"]"#, "id": #""one""#,
            "created_at": #""2026-09-01T10:00:00Z""#, "expires_at": #""2026-09-01T10:10:00Z""#, "expires_in": "600",
        ]
        members[name] = value
        let body = "{\(members.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ","))}"
        try await World.withServer(.json(200, body)) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.certificate(Self.asked, World.identity) }
            #expect(error.code == .malformedAnswer)
        }
    }
}
