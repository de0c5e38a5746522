import CredentialSinks
import DaemonConfiguration
import Foundation
import IBMCloud
import KeyRotation
import SecretFiles
import Testing

/// The plans of docs/rotation.md as they stand there.
struct RotationDocumentTests {
    private static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/rotation.md")

    /// The examples by the names of their files.
    private func examples() throws -> [String: String] {
        var plans: [String: String] = [:]
        let parts = try String(contentsOf: Self.page, encoding: .utf8).components(separatedBy: "```yaml\n").dropFirst()
        for part in parts {
            let text = part.components(separatedBy: "```")[0]
            guard text.contains("\ntarget:"), let name = text.firstMatch(of: /(?m)^name: ([a-z-]+)/) else { continue }
            plans["\(name.output.1).yaml"] = text
        }
        return plans
    }

    @Test func theExamplesAreValidTogether() throws {
        let folder = try PlanFolder(examples())
        let settings = try folder.read()
        #expect(settings.map(\.plan.name.rawValue) == ["archive", "database", "instance", "reports", "volumes"])
        #expect(
            settings.map(\.plan.target.kind) == [
                "resource-key", "secrets-manager", "identity-certificate", "iam-api-key", "key-protect",
            ]
        )
        #expect(
            settings.map(\.plan.sinks) == [
                ["hmac:archive", "aws:/etc/backup/aws-credentials"], [], [],
                ["file:/etc/report/key.env", "secrets-manager:7c8d9e0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f"], [],
            ]
        )
        for setting in settings { #expect(setting.publications.map(\.name) == setting.plan.sinks) }
        try folder.discard()
    }

    @Test func theExamplesSayWhatTheyExplain() throws {
        let folder = try PlanFolder(examples())
        let plans = try folder.read()
        let archive = try #require(plans.first { $0.plan.name.rawValue == "archive" })
        #expect(archive.plan.pacing.overlap == 86_400 && archive.plan.pacing.idle == nil)
        #expect(archive.plan.schedule.maximumAge == .seconds(90 * 86_400) && archive.plan.schedule.splay == 7_200)
        #expect(archive.plan.replaces != nil)
        let texts = archive.publications.map { publication in
            if case .file(let file) = publication.destination { file.content.fake } else { "" }
        }
        #expect(
            texts == [
                #"{"access_key_id":"fake-key-access-key-id","secret_access_key":"fake-key-secret-access-key"}"# + "\n",
                """
                [default]
                aws_access_key_id = fake-key-access-key-id
                aws_secret_access_key = fake-key-secret-access-key

                """,
            ]
        )
        let reports = try #require(plans.first { $0.plan.name.rawValue == "reports" })
        guard case .file(let file) = reports.publications.first?.destination,
            case .secret(let secret) = reports.publications.last?.destination
        else {
            Issue.record("\(reports.publications)")
            return
        }
        #expect(file.content.fake == "export IAM_API_KEY='fake-key-api-key'\n")
        #expect(file.file.permissions.mode == 0o400 && file.file.permissions.owner == 1_001)
        #expect(file.check == ["/usr/bin/test", "-s", "{file}"])
        #expect(file.reload?.last == "report.service")
        #expect(secret.form == .member("report_key", field: "api_key"))
        #expect(reports.plan.acknowledgers == ["reports"])
        #expect(reports.plan.pacing.idle == 3_600 && reports.plan.pacing.idleWithin == 7 * 86_400)
        try folder.discard()
    }
}
