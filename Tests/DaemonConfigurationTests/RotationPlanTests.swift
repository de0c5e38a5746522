import AccessPolicy
import CredentialSinks
import DaemonConfiguration
import DocumentReader
import Foundation
import IBMCloud
import KeyRotation
import SecretFiles
import Testing

/// What a plan file may say.
struct RotationPlanTests {
    /// A plan of a service ID's API key, with some of its lines replaced: by key, the text after it, or `nil` to leave it out.
    static func plan(_ changes: [String: String?] = [:], name: String = "reports") -> String {
        var lines = [
            ("version", "1"), ("name", name), ("profile", "rotator"),
            ("target", "{ iam-api-key: { service_id: ServiceId-1 } }"),
            ("schedule", "{ cron: '30 2 * * sun' }"), ("publish", "[{ file: { path: /k/\(name) } }]"),
        ]
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
            lines.removeAll { $0.0 == key }
            if let value { lines.append((key, value)) }
        }
        return lines.map { "\($0): \($1)" }.joined(separator: "\n")
    }

    private static let pair =
        "{ resource-key: { source: a, role: Writer, try: { endpoint: 'https://s3', bucket: abc } } }"
    private static let secret = "{ secrets-manager: { url: 'https://sm', secret: ID, type: arbitrary } }"
    private static let rootKey = "{ key-protect: { url: 'https://kp', instance: I, key: K } }"

    private func read(_ plans: [String: String], _ lines: String = "") throws -> [RotationSetting] {
        let folder = try PlanFolder(plans)
        let result = Result { () throws(DocumentError) in try folder.read(lines) }
        try folder.discard()
        return try result.get()
    }

    private func one(_ changes: [String: String?] = [:]) throws -> RotationSetting {
        try #require(try read(["reports.yaml": Self.plan(changes)], "").first)
    }

    @Test func mostOfItHasDefaults() throws {
        let setting = try one()
        let plan = setting.plan
        #expect(plan.name.rawValue == "reports" && plan.profile.rawValue == "rotator" && plan.replaces == nil)
        #expect(plan.target == .apiKey(iamID: "iam-ServiceId-1", account: accountID))
        #expect(plan.sinks == ["file:/k/reports"] && plan.acknowledgers == [] && plan.limits == RotationLimits())
        var pacing = RotationPacing()
        pacing.idle = 3_600
        #expect(plan.pacing == pacing)
        #expect(plan.schedule.zone == .gmt && plan.schedule.catchUp == .once && plan.schedule.splay == 0)
        guard case .file(let file) = setting.publications[0].destination else {
            Issue.record("it is a file")
            return
        }
        #expect(file.content.fake == "fake-key-api-key\n" && file.check == nil && file.reload == nil)
        #expect(file.file.permissions == (try .secret()))
    }

    @Test func allOfThePacingCanBeSaid() throws {
        let plan = try one([
            "overlap": "48h", "idle": "{ for: 2h, within: 3d }", "disabled": "0s", "acknowledge": "[a, b.c]",
            "limits": "{ creations_per_day: 9, failed_rotations: 2 }",
            "patience": "{ verify: 5m, settle: 1s, step: 2h, acknowledge: 1d }",
        ])
        .plan
        #expect(plan.pacing.overlap == 172_800 && plan.pacing.idle == 7_200 && plan.pacing.idleWithin == 259_200)
        #expect(plan.pacing.disabled == 0 && plan.pacing.verifyWithin == 300 && plan.pacing.settle == 1)
        #expect(plan.pacing.stepWithin == 7_200 && plan.pacing.acknowledgeWithin == 86_400)
        #expect(plan.limits.creationsPerDay == 9 && plan.limits.failedRotations == 2)
        #expect(plan.acknowledgers == ["a", "b.c"])
        #expect(try one(["idle": "none"]).plan.pacing.idle == nil)
    }

    @Test func withoutAFolderThereAreNoPlans() throws {
        #expect(try configuration().rotations.isEmpty)
        let error = #expect(throws: DocumentError.self) { try configuration("rotation: /nowhere/plans") }
        #expect(error?.description == "/nowhere/plans: cannot be read: it must be a folder")
        #expect(try read(["README.md": "[", ".a.yaml": "[", "a.test.yaml": "["]).isEmpty)
    }

    @Test func theResourceControllerCanBeElsewhere() throws {
        #expect(try configuration().cloud.resourceController == nil)
        let set = try configuration("resource_controller: { url: 'http://127.0.0.1:8080' }")
        #expect(set.cloud.resourceController?.description == "http://127.0.0.1:8080")
        for (line, key) in [
            ("{ url: 'http://rc' }", "resource_controller.url"), ("{ uri: a }", "resource_controller.uri"),
        ] {
            let error = #expect(throws: DocumentError.self) { try configuration("resource_controller: \(line)") }
            #expect(error?.key == key && error?.line == 3)
        }
    }

    // MARK: What does not fit

    @Test(arguments: [
        ("overlap", "1h", rootKey), ("overlap", "1h", "{ identity-certificate: instance }"), ("idle", "none", pair),
        ("idle", "none", secret), ("disabled", "1h", pair), ("disabled", "1h", secret), ("acknowledge", "[a]", rootKey),
        ("publish", "[]", rootKey), ("publish", "[{ file: { path: /k/a } }]", "{ identity-certificate: instance }"),
    ])
    func whatATargetHasNoUseForIsRefused(key: String, value: String, target: String) throws {
        let publish = target == Self.pair ? "[{ hmac: a }]" : nil as String?
        let changes = ["target": target, "publish": publish].merging([key: value]) { $1 }
        let error = #expect(throws: DocumentError.self) { try one(changes) }
        #expect(error?.key == key, "\(error?.description ?? "")")
    }

    @Test(arguments: [(pair, false), (secret, true), (rootKey, true), ("{ identity-certificate: other }", true)])
    func onlyConsumersOfASecretNeedNoOtherPlace(target: String, isEnough: Bool) throws {
        let changes = ["target": target, "publish": nil as String?]
        if isEnough {
            #expect(try one(changes).publications.isEmpty)
        } else {
            #expect(throws: DocumentError.self) { try one(changes) }
        }
    }

    // MARK: Several plans

    @Test func twoPlansMayRotateKeysOfOneServiceID() throws {
        #expect(try read(["a.yaml": Self.plan(name: "a"), "b.yml": Self.plan(name: "b")]).count == 2)
    }

    @Test(
        arguments: [
            (["publish": "[{ file: { path: /k/x } }]"], "publish[0].file.path"),
            (["target": pair, "publish": "[{ hmac: x }]"], "publish[0].hmac"),
            (["target": secret, "publish": nil], "target.secrets-manager"),
            (["target": rootKey, "publish": nil], "target.key-protect"),
            (["target": "{ identity-certificate: instance }", "publish": nil], "target.identity-certificate"),
            (
                ["target": "{ iam-api-key: { service_id: ServiceId-1, replaces: ApiKey-1 } }"],
                "target.iam-api-key.replaces"
            ),
            (
                ["publish": "[{ secrets-manager: { url: 'https://sm', secret: X, type: arbitrary } }]"],
                "publish[0].secrets-manager"
            ),
        ] as [([String: String?], String)]
    )
    func whatIsOfOnePlanIsOfNoOther(changes: [String: String?], key: String) throws {
        let plans = ["a.yaml": Self.plan(changes, name: "a"), "b.yaml": Self.plan(changes, name: "b")]
        let error = #expect(throws: DocumentError.self) { try read(plans) }
        #expect(error?.file.hasSuffix("/b.yaml") == true && error?.key == key, "\(error?.description ?? "")")
        #expect(error?.message.contains("is of plan a already") == true)
    }

    @Test func aSecretThatIsRotatedIsPublishedToByNobody() throws {
        let copy = "[{ secrets-manager: { url: 'https://sm', secret: id, type: arbitrary } }]"
        let plans = [
            "a.yaml": Self.plan(["target": Self.secret, "publish": nil], name: "a"),
            "b.yaml": Self.plan(["publish": copy], name: "b"),
        ]
        let error = #expect(throws: DocumentError.self) { try read(plans) }
        #expect(error?.message.contains("is of plan a already") == true)
    }

    // MARK: Contents

    @Test func aPairCanBeGivenToAGroup() throws {
        let setting = try one([
            "target": Self.pair, "publish": "[{ hmac: { name: archive, group: archive, mode: '0640' } }]",
        ])
        guard case .file(let file) = setting.publications[0].destination else {
            Issue.record("it is a file")
            return
        }
        #expect(setting.plan.sinks == ["hmac:archive"])
        #expect(file.file.location.path == "/run/iam-broker/hmac/archive.json")
        #expect(file.file.permissions == (try .secret(group: 1_002, mode: 0o640)))
    }

    @Test func fieldsOfAPairHaveToBeNamed() throws {
        let error = #expect(throws: DocumentError.self) {
            try one(["target": Self.pair, "publish": "[{ file: { path: /k/a } }]"])
        }
        #expect(error?.message == "needs 'field', one of api_key, access_key_id, secret_access_key")
        let named = try one([
            "target": Self.pair,
            "publish": "[{ file: { path: /k/a, field: secret_access_key, format: dotenv, variable: S } }]",
        ])
        if case .file(let file) = named.publications[0].destination {
            #expect(file.content.fake == "S=fake-key-secret-access-key\n")
        }
    }

    @Test func copiesInSecretsManagerHaveTheirForms() throws {
        func form(_ members: String, _ target: String = Self.pair) throws -> SecretSinkTarget.Form? {
            let place = "[{ secrets-manager: { url: 'https://sm', secret: X, \(members) } }]"
            let setting = try one(["target": target, "publish": place])
            if case .secret(let secret) = setting.publications[0].destination { return secret.form }
            return nil
        }
        #expect(try form("type: arbitrary") == .document)
        #expect(try form("type: arbitrary, field: api_key") == .field("api_key"))
        #expect(try form("type: kv") == .members)
        #expect(try form("type: kv, member: m, field: access_key_id") == .member("m", field: "access_key_id"))
        let member = "{ secrets-manager: { url: 'https://sm', secret: ID, type: kv, member: token } }"
        #expect(try form("type: kv, member: m", member) == .member("m", field: "token"))
        #expect(throws: DocumentError.self) { try form("type: kv, member: m") }
    }

    @Test func aTemplateIsOfTheTarget() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "template-\(UUID().uuidString)").path()
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) } }
        let publish = "[{ file: { path: /k/a, template: \(path) } }]"
        try Data("key={{key.api_key}} {{key.plan}}\n".utf8).write(to: URL(filePath: path))
        if case .file(let file) = try one(["publish": publish]).publications[0].destination {
            #expect(file.content.fake == "key=fake-key-api-key fake-key-plan\n")
        }
        try Data("a\nb {{access_token}}\n".utf8).write(to: URL(filePath: path))
        let error = #expect(throws: DocumentError.self) { try one(["publish": publish]) }
        #expect(error?.file == path && error?.line == 2)
        #expect(error?.message.contains("'access_token' in a file with the key of this plan") == true)
        // And the other way round.
        try Data("{{key.api_key}}".utf8).write(to: URL(filePath: path))
        let token = #expect(throws: DocumentError.self) {
            try configuration("sinks: { app: { profile: reports, path: /s/token, template: \(path) } }")
        }
        #expect(token?.file == path && token?.line == 1)
        #expect(token?.message.contains("'key.api_key' in a file with a token") == true)
    }
}
