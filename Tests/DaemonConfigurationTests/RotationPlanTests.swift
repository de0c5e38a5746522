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

    // MARK: Mistakes

    static let mistakes: [(key: String, value: String?, where: String, message: String)] = [
        ("version", nil, "", "key 'version' is missing"), ("version", "2", "version", "must be 1"),
        ("name", nil, "", "key 'name' is missing"), ("name", "Reports", "name", "a plan's name has"),
        ("name", "other", "name", "must be the file's name"), ("name", "[a]", "name", "must be a text"),
        ("profile", nil, "", "key 'profile' is missing"), ("profile", "other", "profile", "there is no profile"),
        ("target", nil, "", "key 'target' is missing"), ("target", "{}", "target", "exactly one of"),
        ("target", "{ key: {} }", "target.key", "unknown key"), ("target", "a", "target", "must be a mapping"),
        (
            "target", "{ iam-api-key: { service_id: ServiceId-1 }, identity-certificate: instance }", "target",
            "exactly one of"
        ),
        ("target", "{ iam-api-key: {} }", "target.iam-api-key", "key 'service_id' is missing"),
        ("target", "{ iam-api-key: { service_id: 1 } }", "target.iam-api-key.service_id", "'ServiceId-' and a UUID"),
        ("target", "{ iam-api-key: { service_id: ServiceId- } }", "target.iam-api-key.service_id", "'ServiceId-'"),
        ("target", "{ iam-api-key: { service_id: 'ServiceId-a/b' } }", "target.iam-api-key.service_id", "'ServiceId-'"),
        (
            "target", "{ iam-api-key: { service_id: ServiceId-1, account: x } }", "target.iam-api-key.account",
            "must be an account ID"
        ),
        (
            "target", "{ iam-api-key: { service_id: ServiceId-1, replaces: 'a b' } }", "target.iam-api-key.replaces",
            "printable ASCII"
        ),
        ("target", "{ iam-api-key: { service_id: ServiceId-1, x: y } }", "target.iam-api-key.x", "unknown key"),
        ("target", "{ resource-key: { role: Writer } }", "target.resource-key", "key 'try' is missing"),
        (
            "target", "{ resource-key: { source: a, role: Writer, try: { endpoint: 'http://s3', bucket: abc } } }",
            "target.resource-key.try.endpoint", "must begin with https://"
        ),
        (
            "target", "{ resource-key: { source: a, role: Writer, try: { endpoint: 'https://s3', bucket: a } } }",
            "target.resource-key.try.bucket", "name of a bucket"
        ),
        (
            "target", "{ resource-key: { source: a, role: 'a b', try: { endpoint: 'https://s3', bucket: abc } } }",
            "target.resource-key.role", "name of a role"
        ),
        (
            "target", "{ secrets-manager: { url: 'https://sm', secret: I, type: cert } }",
            "target.secrets-manager.type", "arbitrary, kv, iam_credentials, username_password"
        ),
        (
            "target", "{ secrets-manager: { url: 'https://sm', secret: I, type: kv } }", "target.secrets-manager",
            "key 'member' is missing"
        ),
        (
            "target", "{ secrets-manager: { url: 'https://sm', secret: I, type: arbitrary, member: m } }",
            "target.secrets-manager.member", "goes with type kv"
        ),
        (
            "target", "{ key-protect: { url: 'ftp://kp', instance: I, key: K } }", "target.key-protect.url",
            "must be a URL"
        ),
        ("target", "{ identity-certificate: x }", "target.identity-certificate", "no certificate of this name"),
        ("schedule", nil, "", "key 'schedule' is missing"), ("schedule", "{}", "schedule", "needs a cron expression"),
        ("schedule", "{ cron: '30 2 * *' }", "schedule.cron", "needs 5"),
        ("schedule", "{ cron: '@daily', zone: EST }", "schedule.zone", "IANA"),
        ("schedule", "{ cron: '@daily', zone: No/Where }", "schedule.zone", "IANA"),
        ("schedule", "{ max_age: 30s }", "schedule.max_age", "must be a time span"),
        ("schedule", "{ max_age: 60500ms }", "schedule.max_age", "whole seconds"),
        ("schedule", "{ cron: '@daily', splay: 8d }", "schedule.splay", "must be a time span"),
        ("schedule", "{ cron: '@daily', catch_up: twice }", "schedule.catch_up", "once or never"),
        ("schedule", "{ cron: '@daily', windows: [] }", "schedule.windows", "at least one entry"),
        ("schedule", "{ cron: '@daily', windows: [{ from: '02:00' }] }", "schedule.windows[0]", "'to' is missing"),
        (
            "schedule", "{ cron: '@daily', windows: [{ from: '2', to: '3' }] }", "schedule.windows[0]",
            "no time at which a window opens"
        ),
        (
            "schedule", "{ cron: '@daily', windows: [{ days: x, from: '02:00', to: '03:00' }] }", "schedule.windows[0]",
            "the days of a window"
        ),
        (
            "schedule", "{ cron: '@daily', blackouts: [{ from: 2026-02-30, to: 2026-03-01 }] }",
            "schedule.blackouts[0].from", "no day such as"
        ),
        (
            "schedule", "{ cron: '@daily', blackouts: [{ from: 2026-03-02, to: 2026-03-01 }] }",
            "schedule.blackouts[0]", "ends before it begins"
        ),
        (
            "schedule", "{ cron: '0 12 * * *', catch_up: never, windows: [{ from: '02:00', to: '03:00' }] }",
            "schedule",
            "never starts"
        ),
        ("schedule", "{ cron: '@daily', when: now }", "schedule.when", "unknown key"),
        ("publish", nil, "target", "needs 'publish'"), ("publish", "[]", "publish", "needs 'publish'"),
        ("publish", "{ file: {} }", "publish", "must be a list"), ("publish", "[{}]", "publish[0]", "exactly one of"),
        ("publish", "[{ hmac: a }]", "publish[0].hmac", "is for a resource-key"),
        ("publish", "[{ aws: { path: /k/a } }]", "publish[0].aws", "is for a resource-key"),
        ("publish", "[{ file: {} }]", "publish[0].file", "key 'path' is missing"),
        ("publish", "[{ file: { path: k } }]", "publish[0].file.path", "absolute path"),
        ("publish", "[{ file: { path: /k/../a } }]", "publish[0].file.path", "must be written without"),
        ("publish", "[{ file: { path: /k/a, mode: '0644' } }]", "publish[0].file", "must not have the mode"),
        ("publish", "[{ file: { path: /k/a, owner: nobody-here } }]", "publish[0].file.owner", "has no user"),
        ("publish", "[{ file: { path: /k/a, format: xml } }]", "publish[0].file.format", "raw, env, dotenv, json"),
        ("publish", "[{ file: { path: /k/a, format: env } }]", "publish[0].file", "key 'variable' is missing"),
        (
            "publish", "[{ file: { path: /k/a, format: env, variable: 'a b' } }]", "publish[0].file.variable",
            "as shells take it"
        ),
        ("publish", "[{ file: { path: /k/a, variable: A } }]", "publish[0].file.variable", "goes with format env"),
        ("publish", "[{ file: { path: /k/a, field: value } }]", "publish[0].file.field", "must be one of api_key"),
        (
            "publish", "[{ file: { path: /k/a, format: json, field: api_key } }]", "publish[0].file.field",
            "does not go with json"
        ),
        (
            "publish", "[{ file: { path: /k/a, template: /t, format: raw } }]", "publish[0].file.format",
            "does not go with a template"
        ),
        ("publish", "[{ file: { path: /k/a, check: [/bin/true] } }]", "publish[0].file.check", "{file}"),
        ("publish", "[{ file: { path: /k/a, reload: [true] } }]", "publish[0].file.reload", "absolute path"),
        ("publish", "[{ file: { path: /k/a, reload_unit: a } }]", "publish[0].file.reload_unit", "whole name"),
        ("publish", "[{ file: { path: /k/a, remove: [stop] } }]", "publish[0].file.remove", "unknown key"),
        ("publish", "[{ file: { path: /s/token } }]", "publish[0].file.path", "is of sinks.app already"),
        ("publish", "[{ file: { path: /c/key.pem } }]", "publish[0].file.path", "is of certificates.instance already"),
        (
            "publish", "[{ file: { path: /k/a } }, { file: { path: /k/a } }]", "publish[1].file.path",
            "is of plan reports already"
        ),
        (
            "publish", "[{ secrets-manager: { url: 'https://sm', secret: I } }]", "publish[0].secrets-manager",
            "key 'type' is missing"
        ),
        (
            "publish", "[{ secrets-manager: { url: 'http://sm', secret: I, type: kv } }]",
            "publish[0].secrets-manager.url", "must begin with https://"
        ),
        (
            "publish", "[{ secrets-manager: { url: 'https://sm', secret: I, type: username_password } }]",
            "publish[0].secrets-manager.type", "arbitrary or kv"
        ),
        (
            "publish", "[{ secrets-manager: { url: 'https://sm', secret: I, type: arbitrary, member: m } }]",
            "publish[0].secrets-manager.member", "goes with type kv"
        ),
        (
            "publish", "[{ secrets-manager: { url: 'https://sm', secret: I, type: kv, field: api_key } }]",
            "publish[0].secrets-manager.field", "needs 'member'"
        ),
        ("acknowledge", "reports", "acknowledge", "must be a list"),
        ("acknowledge", "['a b']", "acknowledge[0]", "letters, digits"),
        ("acknowledge", "[a, a]", "acknowledge[1]", "twice"),
        ("overlap", "0s", "overlap", "must be a time span"), ("overlap", "366d", "overlap", "must be a time span"),
        ("overlap", "1500ms", "overlap", "whole seconds"), ("idle", "never", "idle", "must be none"),
        ("idle", "{ for: 2d, within: 1d }", "idle", "must not be longer"),
        ("idle", "{ at: 1h }", "idle.at", "unknown key"),
        ("disabled", "1", "disabled", "must be a time span"),
        ("limits", "{ creations_per_day: 0 }", "limits.creations_per_day", "from 1 to 1000"),
        ("limits", "{ failed_rotations: 0 }", "limits.failed_rotations", "from 1 to 100"),
        ("limits", "{ keys: 1 }", "limits.keys", "unknown key"),
        ("patience", "{ verify: 0s }", "patience.verify", "must be a time span"),
        ("patience", "{ settle: x }", "patience.settle", "must be a time span"),
        ("patience", "{ step: 0s }", "patience.step", "must be a time span"),
        ("patience", "{ acknowledge: 0s }", "patience.acknowledge", "must be a time span"),
        ("patience", "{ wait: 1s }", "patience.wait", "unknown key"), ("colour", "red", "colour", "unknown key"),
    ]

    @Test(arguments: mistakes.indices) func aMistakeIsNamedByFileLineAndKey(index: Int) throws {
        let mistake = Self.mistakes[index]
        let text = Self.plan([mistake.key: mistake.value])
        let error = #expect(throws: DocumentError.self, "\(text)") { try read(["reports.yaml": text]) }
        #expect(error?.key == mistake.where, "\(error?.description ?? "")")
        #expect(error?.message.contains(mistake.message) == true, "\(error?.description ?? "")")
        #expect(error?.file.hasSuffix("/reports.yaml") == true)
        // What is replaced stands last; what is missing is missed at the top, or at the target.
        let lines = text.split(separator: "\n").count
        let line = mistake.where.isEmpty ? 1 : mistake.value == nil ? 4 : lines
        #expect(error?.line == line, "\(error?.description ?? "")")
    }

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
        func form(_ members: String, _ target: String = Self.pair) throws -> SecretPublication.Form? {
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
