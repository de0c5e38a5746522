import AccessPolicy
import BrokerServer
import CredentialSinks
import DaemonConfiguration
import DocumentReader
import Foundation
import SecretFiles
import Testing

/// What `sinks` and `credentials` may say.
struct SinkSettingTests {
    private func setting(_ members: String) throws(DocumentError) -> SinkSetting? {
        try configuration("sinks: { app: { \(members) } }").sinks.first
    }

    @Test func mostOfItHasDefaults() throws {
        let setting = try #require(try setting("profile: reports, path: /s/token"))
        #expect(setting.name == "app" && setting.profile.rawValue == "reports")
        #expect(setting.content.fake == "fake-access-token\n")
        #expect(setting.file.location.path == "/s/token")
        #expect(setting.file.permissions == (try .secret()))
        #expect(!setting.file.isInMemory && setting.check == nil && setting.reload == nil && setting.pair == nil)
        #expect(setting.removal == [.lock, .expiry])
    }

    @Test func allOfItCanBeSaid() throws {
        let setting = try #require(
            try setting(
                """
                profile: reports, path: /s/token, format: env, variable: TOKEN, owner: reports, group: iam-broker, mode: '0440',
                require: tmpfs, check: [/bin/test, -s, 'x={file}'], reload_unit: reports.service, remove: [stop]
                """
            )
        )
        #expect(setting.content.fake == "export TOKEN='fake-access-token'\n")
        #expect(setting.file.permissions == (try .secret(owner: 1_001, group: 991, mode: 0o440)))
        #expect(setting.file.isInMemory)
        #expect(setting.check == ["/bin/test", "-s", "x={file}"])
        #expect(setting.reload == ["/usr/bin/systemctl", "try-reload-or-restart", "--no-block", "reports.service"])
        #expect(setting.removal == [.stop])
    }

    @Test(arguments: [
        ("path: /s/token", "profile"), ("profile: reports", "path"),
        ("profile: other, path: /s/t", "there is no profile"),
        ("profile: reports, path: s/t", "absolute path"),
        ("profile: reports, path: /s/../t", "must be written without"),
        ("profile: reports, path: /s/", "does not name a file"),
        ("profile: reports, path: /s/t, mode: '0644'", "must not have"),
        ("profile: reports, path: /s/t, mode: '0660'", "must not have"),
        ("profile: reports, path: /s/t, mode: rw", "octal"),
        ("profile: reports, path: /s/t, format: xml", "raw, json, header, env, dotenv, curl"),
        ("profile: reports, path: /s/t, variable: X", "goes with format env or dotenv"),
        ("profile: reports, path: /s/t, format: env, variable: 'A B'", "as shells take it"),
        ("profile: reports, path: /s/t, format: raw, template: /t", "either a format or a template"),
        ("profile: reports, path: /s/t, template: /nowhere/t", "there is no such file"),
        ("profile: reports, path: /s/t, hmac: archive", "is for templates with hmac.access_key_id"),
        ("profile: reports, path: /s/t, require: ext4", "can only be tmpfs"),
        ("profile: reports, path: /s/t, check: [/bin/true]", "{file}"),
        ("profile: reports, path: /s/t, check: [true, '{file}']", "absolute path"),
        ("profile: reports, path: /s/t, check: '/bin/true {file}'", "list"),
        ("profile: reports, path: /s/t, reload: [systemctl]", "absolute path"),
        (
            "profile: reports, path: /s/t, reload: [/bin/true], reload_unit: a.service",
            "either 'reload' or 'reload_unit'"
        ),
        ("profile: reports, path: /s/t, reload_unit: reports", "whole name"),
        ("profile: reports, path: /s/t, reload_unit: --force.service", "whole name"),
        ("profile: reports, path: /s/t, reload_unit: 'a b.service'", "whole name"),
        ("profile: reports, path: /s/t, remove: [never]", "stop, lock, expiry"),
        ("profile: reports, path: /s/t, remove: stop", "list"), ("profile: reports, path: /s/t, colour: red", "colour"),
        ("profile: reports, path: /s/t, owner: nobody-here", "has no user"),
    ])
    func whatIsWrongIsNamed(members: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try setting(members) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func aFileHasOneWriter() {
        for lines in [
            ["sinks: { a: { profile: reports, path: /s/t }, b: { profile: reports, path: /s/t } }"],
            [
                "sinks: { a: { profile: reports, path: /c/key.pem } }",
                "certificates: { c: { subject: 'C=DE', key: /c/key.pem, chain: /c/chain.pem } }",
            ],
        ] {
            let error = #expect(throws: DocumentError.self) { try configuration(lines.joined(separator: "\n")) }
            #expect(error?.key.hasPrefix("sinks.") == true, "\(error?.description ?? "")")
        }
    }

    private func template(_ text: String, _ members: String = "") throws -> SinkSetting? {
        let path = FileManager.default.temporaryDirectory.appending(path: "template-\(UUID().uuidString)").path()
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) } }
        return try setting("profile: reports, path: /s/t, template: \(path)\(members)")
    }

    @Test func aTemplateIsReadAndItsFirstMistakeNamed() throws {
        #expect(try template("t={{access_token}}")?.content.fake == "t=fake-access-token")
        let error = #expect(throws: DocumentError.self) { try template("a\n{{acess_token}}") }
        #expect(error?.line == 2 && error?.file.contains("template-") == true)
        let large = #expect(throws: DocumentError.self) { try template(String(repeating: "a", count: 10 << 20)) }
        #expect(large?.description.contains("larger than") == true)
    }

    @Test func aTemplateWithAPairSaysWhich() throws {
        let error = #expect(throws: DocumentError.self) { try template("{{hmac.access_key_id}}") }
        #expect(error?.description.contains("say which with 'hmac'") == true)
        #expect(try template("{{hmac.access_key_id}}", ", hmac: archive")?.pair == "/run/iam-broker/hmac/archive.json")
        #expect(throws: DocumentError.self) { try template("{{hmac.access_key_id}}", ", hmac: ../x") }
    }

    @Test func withoutAMetadataServiceNothingIsSaidOfTheInstance() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "template-\(UUID().uuidString)").path()
        try Data("{{instance.id}}".utf8).write(to: URL(filePath: path))
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) } }
        let error = #expect(throws: DocumentError.self) {
            try configuration(
                "identity: { token_file: /t }",
                "sinks: { app: { profile: reports, path: /s/t, template: \(path) } }"
            )
        }
        #expect(error?.description.contains("only the metadata service") == true)
    }

    @Test func credentialsAreProfilesAndWhatIsConfigured() throws {
        let socket = "listen: { credentials: /run/c.sock }"
        #expect(try configuration().credentialSocket == nil)
        let plain = try configuration(socket)
        #expect(plain.credentialSocket?.path == "/run/c.sock" && plain.credentialSocket?.mode == 0o600)
        #expect(plain.credentials["reports"]?.content.fake == "fake-access-token\n")
        let named = try configuration(socket, "credentials: { token.env: { profile: reports, format: dotenv } }")
        #expect(named.credentials["token.env"]?.content.fake == "IC_IAM_TOKEN=fake-access-token\n")
    }

    @Test(arguments: [
        ("credentials: { a: { profile: other } }", "there is no profile"),
        ("credentials: { a/b: { profile: reports } }", "a credential's name"),
        ("credentials: { a: { profile: reports, template: /t } }", "template"),
    ])
    func aCredentialThatIsWrongIsNamed(lines: String, message: String) {
        let error = #expect(throws: DocumentError.self) {
            try configuration("listen: { credentials: /run/c.sock }", lines)
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func credentialsNeedASocket() {
        #expect(throws: DocumentError.self) { try configuration("credentials: { a: { profile: reports } }") }
    }
}
