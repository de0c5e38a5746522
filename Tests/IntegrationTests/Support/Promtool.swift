import Foundation
import Testing

/// Prometheus's own tool for rules and metrics.
enum Promtool {
    static func url() throws -> URL {
        let path = "/usr/bin/promtool"
        try #require(
            FileManager.default.isExecutableFile(atPath: path),
            "promtool is missing; run `make test`, which installs Debian's package prometheus"
        )
        return URL(filePath: path)
    }

    /// Where this package lies.
    static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func expectSuccess(_ arguments: String...) async throws {
        let run = try await Program.run(url(), arguments)
        #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    }
}
