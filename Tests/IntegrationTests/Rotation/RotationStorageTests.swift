import CloudSimulator
import Foundation
import Glibc
import Testing

/// The HMAC pair of Object Storage, used by the real `aws` before and after a rotation.
@Suite(.timeLimit(.minutes(2))) struct RotationStorageTests {
    /// The daemon's folder of pairs is always the same one, so the name is of this test alone.
    private let pair = "test-\(UUID().uuidString.prefix(8))"
    private static let folder = "/run/iam-broker/hmac"

    private var plan: String {
        """
        target:
          resource-key:
            source: "\(RotationTargetTests.storage)"
            role: Writer
            try: { endpoint: CLOUD, bucket: broker-reports }
        publish:
          - hmac: \(pair)
          - aws: { path: FOLDER/keys/credentials }
        overlap: 1s
        """
    }

    private func list(_ world: World, _ environment: [String]) async throws -> ProgramRun {
        let aws = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_AWS"],
            "IAM_BROKER_TEST_AWS names aws: run the tests with make test"
        )
        let common = ["PATH=/usr/bin:/bin", "HOME=\(world.folder.path(""))", "AWS_EC2_METADATA_DISABLED=true"]
        let command = [aws, "s3", "ls", "s3://broker-reports", "--endpoint-url", world.url, "--region", "us-south"]
        return try await Program.run(URL(filePath: "/usr/bin/env"), common + environment + command)
    }

    @Test func theRealAWSGoesOnAfterARotationNeedsRoot() async throws {
        guard getuid() == 0 else { return }
        try FileManager.default.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
        defer { unlink("\(Self.folder)/\(pair).json") }
        try await World.rotating(["archive": plan]) { world in
            let broker = try Program.command.url().path()
            try world.folder.write(
                "aws.ini",
                "[default]\ncredential_process = \(broker) credential aws --pair \(pair)\n"
            )
            let helper = ["AWS_CONFIG_FILE=\(world.folder.path("aws.ini"))"]
            let file = ["AWS_SHARED_CREDENTIALS_FILE=\(world.folder.path("keys/credentials"))"]
            let early = try await list(world, helper)
            #expect(early.errors.contains("there is no HMAC pair \(pair) yet"), "\(early.errors)")

            try await world.rotation("run", "--now", "--wait", "archive")
            let old = try #require(world.cloud.resourceKeys.first?.hmacPair)
            let first = try await list(world, helper)
            #expect(first.exitCode == 0, "\(first.errors)")

            try await PromisedRequests.keep(world, "archive")
            #expect(world.cloud.resourceKeys.count == 1)
            #expect(!world.cloud.hmacPairs.contains { $0.accessKeyID == old.accessKeyID })
            for environment in [helper, file] {
                let second = try await list(world, environment)
                #expect(second.exitCode == 0, "\(second.errors)")
            }
        }
    }
}
