import DaemonConfiguration
import DocumentReader
import Testing

/// Every key of a plan, wrong once.
struct RotationPlanMistakeTests {
    /// What is written in place of a line of the plan, the key that is named then, and part of what is said.
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
        let text = RotationPlanTests.plan([mistake.key: mistake.value])
        let error = #expect(throws: DocumentError.self, "\(text)") { try read(text) }
        #expect(error?.key == mistake.where, "\(error?.description ?? "")")
        #expect(error?.message.contains(mistake.message) == true, "\(error?.description ?? "")")
        #expect(error?.file.hasSuffix("/reports.yaml") == true)
        // What is replaced stands last; what is missing is missed at the top, or at the target.
        let lines = text.split(separator: "\n").count
        let line = mistake.where.isEmpty ? 1 : mistake.value == nil ? 4 : lines
        #expect(error?.line == line, "\(error?.description ?? "")")
    }

    private func read(_ text: String) throws -> [RotationSetting] {
        let folder = try PlanFolder(["reports.yaml": text])
        let result = Result { () throws(DocumentError) in try folder.read() }
        try folder.discard()
        return try result.get()
    }
}
