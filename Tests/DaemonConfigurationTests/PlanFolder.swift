import AccessPolicy
import DaemonConfiguration
import DocumentReader
import Foundation
import TestFiles

/// A folder of rotation plans.
final class PlanFolder {
    let url: URL

    /// With `plans`, which are texts by the names of their files.
    init(_ plans: [String: String]) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "plans-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        for (name, text) in plans { try Data(text.utf8).write(to: url.appending(path: name)) }
    }

    func discard() throws { try TestFiles.discard(url) }

    /// The first of September 2026.
    static let now = Date(timeIntervalSince1970: 1_788_256_800)

    /// What a configuration with these plans says.
    func read(_ lines: String...) throws(DocumentError) -> [RotationSetting] {
        let text = """
            account: \(accountID)
            profiles: { rotator: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b } }
            policies: /etc/iam-broker/policies
            certificates:
              instance: { subject: "C=DE", key: /c/key.pem, chain: /c/chain.pem }
              other: { subject: "C=DE", key: /c/other.pem, chain: /c/other-chain.pem }
            sinks: { app: { profile: rotator, path: /s/token } }
            rotation: \(url.path())
            """
        return try DaemonConfiguration(
            parsing: text + "\n" + lines.joined(separator: "\n"),
            file: "config.yaml",
            accounts: AccountNames(
                userID: { ["backup", "report"].contains($0) ? 1_001 : nil },
                groupID: { ["backup", "archive"].contains($0) ? 1_002 : nil }
            ),
            now: Self.now
        )
        .rotations
    }
}
