import CloudSimulator
import Foundation
import Testing

/// The commands of docs/metadata.md as they stand there, against a daemon and a cloud.
@Suite(.timeLimit(.minutes(2)))
struct MetadataProcedureTests {
    @Test func everyCommandOfThePageWorks() async throws {
        var instance = SimulatedInstance()
        instance.userData = Self.userData
        let cloud = CloudSimulator(instance: instance, keys: try TestKeys.keys(), now: { Date() })
        let blocks = try Self.blocks()
        try #require(blocks.count >= 9)
        try await cloud.withRunning(logger: World.logger) { address in
            try await World.run(Self.setup, cloud, at: address.url) { world in
                let environment = [
                    "PATH=\(try Program.command.url().deletingLastPathComponent().path()):/usr/bin:/bin",
                    "IAM_BROKER_SOCKET=\(world.workload)", "IAM_BROKER_METADATA_URL=\(address.url)",
                    "IAM_BROKER_VPC_URL=\(address.url)",
                ]
                var unseen = Self.expected
                for block in blocks {
                    let command = ["-i"] + environment + ["/bin/bash", "-euo", "pipefail", "-c", block]
                    let run = try await Program.run(URL(filePath: "/usr/bin/env"), command)
                    #expect(run.exitCode == 0, "\(block)\n\(run.errors)")
                    #expect(run.errors.isEmpty, "\(block)\n\(run.errors)")
                    for line in block.split(separator: "\n") {
                        let texts = unseen.removeValue(forKey: String(line)) ?? []
                        for text in texts { #expect(run.output.contains(text), "\(line)\n\(run.output)") }
                    }
                }
                #expect(unseen.keys.sorted() == [], "the page has no such commands any more")
            }
        }
    }

    /// What is shown for a command; the page shows no output of its own.
    private static let expected = [
        "iam-broker metadata enable --instance 0717_2c9f7d1e-4b3a-4c5d-8e6f-7a8b9c0d1e2f --region us-south --yes": [
            "enabled"
        ],
        "iam-broker metadata instance": ["broker-host-1", "us-south-1"],
        "iam-broker metadata instance --query /zone/name": ["us-south-1\n"],
        "iam-broker metadata keys": ["ops-key", "r006-3b2a1f0e-9d8c-4b7a-8f5e-4d3c2b1a0f9e"],
        "iam-broker metadata placement-groups": ["broker-pg"],
        "iam-broker metadata user-data": [userData],
        "iam-broker metadata user-data --parts": ["text/x-shellscript"],
        "iam-broker metadata user-data --part 1": ["echo hello"],
        "iam-broker metadata volume-attachments": ["0717-6f7a8b9c-0d1e-4f2a-9b3c-5d6e7f8a9b0c"],
        "TOKEN=$(iam-broker token --profile reports)": ["a token of "],
        "iam-broker metadata instance --direct": ["broker-host-1"],
    ]

    private static let userData = """
        Content-Type: multipart/mixed; boundary="part"
        MIME-Version: 1.0

        --part
        Content-Type: text/x-shellscript; charset="utf-8"

        echo hello
        --part--

        """

    private static var setup: Setup {
        var setup = Setup()
        // With the emulation there is a default profile.
        setup.emulation = "127.0.0.1:0"
        setup.policy = """
            version: 1
            grants:
              - name: procedure
                profiles: [default, reports]
                workloads: [ { uid: \(getuid()) } ]
                metadata: [instance, instance/initialization, user_data, keys, placement_groups, virtual_network_interfaces]

            """
        return setup
    }

    /// All shell commands of the page.
    private static func blocks() throws -> [String] {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: package.appending(path: "docs/metadata.md"), encoding: .utf8)
        return page.components(separatedBy: "```sh\n").dropFirst()
            .compactMap { $0.components(separatedBy: "\n```").first }
    }
}
