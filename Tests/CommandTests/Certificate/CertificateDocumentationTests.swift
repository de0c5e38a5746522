import Foundation
import Testing

/// The commands of the documentation, run as they stand there but for the folder.
@Suite struct CertificateDocumentationTests {
    @Test func theCommandsOfTheDocumentationWork() async throws {
        let blocks = try Self.blocks("<!-- test: certificate -->\n```sh\n")
        try #require(blocks.count == 2)
        let shown = try #require(try Self.blocks("```text\n").first)
        let signer = try CertificateSigner()
        try await withScratchFolder { folder in
            try await ScriptedServer.onSocket(signer.answer) { socket, _ in
                var outputs: [String] = []
                for block in blocks {
                    let run = try await CommandRun(
                        program: URL(filePath: "/bin/bash"),
                        ["-euo", "pipefail", "-c", block.replacing("/etc/reports/tls", with: folder.path())],
                        environment: [
                            "PATH": CommandRun.executable.deletingLastPathComponent().path() + ":/usr/bin:/bin",
                            "IAM_BROKER_SOCKET": socket,
                        ]
                    )
                    #expect(run.exitCode == 0, "\(block)\n\(run.errors)")
                    outputs.append(run.output)
                }
                #expect(Self.labels(outputs.first ?? "") == Self.labels(shown))
                #expect(outputs.last?.hasPrefix("{") == true)
                let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
                #expect(Set(names) == ["key.pem", "chain.pem"])
            }
        }
    }

    /// What begins each line, before two spaces.
    private static func labels(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { $0.components(separatedBy: "  ").first }
    }

    /// The blocks after `mark`.
    private static func blocks(_ mark: String) throws -> [String] {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: package.appending(path: "docs/certificates.md"), encoding: .utf8)
        return page.components(separatedBy: mark).dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
    }
}
