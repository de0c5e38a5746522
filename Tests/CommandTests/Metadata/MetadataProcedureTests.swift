import Foundation
import Testing

/// The commands of the documentation, run as they stand there.
@Suite struct MetadataProcedureTests {
    @Test func theProcedureOfTheDocumentationWorks() async throws {
        let blocks = try Self.blocks()
        try #require(blocks.count >= 6)
        try await ScriptedServer.onSocket(Self.broker) { socket, broker in
            try await ScriptedServer.onPort(Self.vpc) { api in
                for block in blocks {
                    let run = try await CommandRun(
                        program: URL(filePath: "/bin/bash"),
                        ["-euo", "pipefail", "-c", block],
                        environment: [
                            "PATH": CommandRun.executable.deletingLastPathComponent().path() + ":/usr/bin:/bin",
                            "IAM_BROKER_SOCKET": socket, "IAM_BROKER_VPC_URL": "http://127.0.0.1:\(api.port)",
                        ]
                    )
                    #expect(run.exitCode == 0, "\(block)\n\(run.errors)")
                    #expect(!run.output.isEmpty, "\(block)")
                }
                #expect(api.requests.contains { $0.line.hasPrefix("PATCH ") })
                #expect(Set(broker.requests.map(\.path)).isSuperset(of: Self.paths))
            }
        }
    }

    /// What IBM's procedure reads.
    private static let paths: Set = [
        "/identity/v1/token", "/metadata/v1/instance", "/metadata/v1/keys", "/metadata/v1/placement_groups",
        "/metadata/v1/instance/initialization", "/v1/token",
    ]

    /// The blocks of code after a mark.
    private static func blocks() throws -> [String] {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: package.appending(path: "docs/metadata.md"), encoding: .utf8)
        return page.components(separatedBy: "<!-- test: metadata procedure -->\n```sh\n").dropFirst()
            .compactMap { $0.components(separatedBy: "\n```").first }
    }

    @Sendable private static func broker(_ request: ScriptedServer.Request) -> FakeDaemon.Script {
        guard request.path == "/v1/token" else { return MetadataAnswers.instance(request) }
        let token = MetadataAnswers.token
        return .answer(
            "200 OK",
            #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":9,"expires_at":1788256800,"profile":"reports"}"#
        )
    }

    @Sendable private static func vpc(_ request: ScriptedServer.Request) -> FakeDaemon.Script {
        let isOn = request.line.hasPrefix("PATCH ")
        let service = #"{"enabled":\#(isOn),"protocol":"http","response_hop_limit":1}"#
        return .answer("200 OK", #"{"status":"running","metadata_service":\#(service)}"#)
    }
}
