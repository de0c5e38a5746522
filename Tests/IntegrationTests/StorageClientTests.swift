import CloudSimulator
import Foundation
import Testing

/// aws, rclone and boto3 with HMAC pairs from `iam-broker credential aws`, over TLS, against signatures that are checked.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct StorageClientTests {
    /// What each step of `storage_clients.py` came to.
    private func run(_ client: String) async throws -> [String: JSONText] {
        let python = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_AWS_PYTHON"],
            "run `make test`, which prepares boto3 and aws"
        )
        let certificates = try Certificates()
        let (folder, cloud) = (try ScratchFolder(), try World.cloud())
        return try await cloud.withRunning(tls: certificates.server.configuration(), logger: World.logger) { address in
            let arguments = [
                Program.client("storage_clients.py"), client, try Program.command.url().path(), address.url,
                certificates.authority, folder.path(""),
            ]
            let run = try await Program.run(URL(filePath: python), arguments)
            #expect(run.exitCode == 0, "\(run.errors)")
            return try JSONDecoder().decode([String: JSONText].self, from: Data(run.output.utf8))
        }
    }

    @Test(arguments: [("aws", "aws-cli/1.46.3"), ("rclone", "rclone v1.")])
    func aToolGoesOnAfterARotation(client: String, version: String) async throws {
        var steps = try await run(client)
        #expect(steps.removeValue(forKey: "version")?.text.hasPrefix(version) == true)
        #expect(
            steps.mapValues(\.text) == [
                "no pair yet": "there is no HMAC pair archive yet",
                "upload": "ok",
                "list": "300000 bytes",
                "download": "ok true",
                "download after rotation": "ok true",
                "wrong secret": "SignatureDoesNotMatch",
                "revoked pair": "InvalidAccessKeyId",
            ]
        )
    }

    @Test func boto3AsksAgainOnlyWhenThePairSaysThatItEnds() async throws {
        var steps = try await run("boto3")
        #expect(steps.removeValue(forKey: "version")?.text == "1.44.8")
        #expect(
            steps.mapValues(\.text) == [
                "no pair yet": "there is no HMAC pair archive yet",
                "upload and list": "é 1",
                "download": "true",
                "presigned URL": "true",
                "same client after rotation near the end": "true",
                "same client after rotation long before the end": "InvalidAccessKeyId",
                "new client": "true",
                "same client after rotation without an end": "InvalidAccessKeyId",
            ]
        )
    }
}

/// A string, a truth value, or several of them in a row.
private struct JSONText: Decodable, Sendable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let bool = try? container.decode(Bool.self) {
            text = "\(bool)"
        } else if let string = try? container.decode(String.self) {
            text = string
        } else {
            text = try container.decode([JSONText].self).map(\.text).joined(separator: " ")
        }
    }
}
