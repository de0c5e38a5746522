import BrokerAPI
import CredentialSinks
import JOSE
import KeyRotation
import Testing

/// What a key looks like in a file.
@Suite struct KeyContentTests {
    static let pair = KeyTarget.resourceKey(
        ResourceKeyTarget(source: "crn:x", role: "Writer", serviceID: nil, endpoint: "https://s3", bucket: "archive")
    )
    static let apiKey = KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil)

    static func secret(_ kind: SecretTarget.Kind, member: String? = nil) -> KeyTarget {
        .secret(SecretTarget(url: "https://sm", id: "secret", kind: kind, member: member))
    }

    static func key(_ fields: [String: String], rotation: UInt64 = 1) throws -> PublishedKey {
        PublishedKey(
            plan: try #require(PlanName(rawValue: "archive")),
            rotation: RotationID(rotation),
            id: KeyID("key-\(rotation)"),
            material: KeyMaterial(fields.mapValues { Redacted($0) })
        )
    }

    private static let values = ["access_key_id": "ID", "secret_access_key": "SE/CR=ET+", "api_key": "it's"]

    private func text(
        _ form: KeyContent.Form,
        _ target: KeyTarget = pair,
        _ values: [String: String] = values
    ) throws
        -> String
    {
        try KeyContent(form, fields: KeyFields(of: target)).text(of: Self.key(values)).exposed
    }

    @Test func formatsAreAsTheirReadersWantThem() throws {
        #expect(try text(.raw(.keyAPIKey)) == "it's\n")
        #expect(try text(.env(.keyAPIKey, variable: "K")) == #"export K='it'\''s'"# + "\n")
        #expect(try text(.dotenv(.keySecretAccessKey, variable: "K")) == "K=SE/CR=ET+\n")
        #expect(
            try text(.json)
                == #"{"access_key_id":"ID","api_key":"it's","id":"key-1","plan":"archive","rotation":"0000000000000001","secret_access_key":"SE/CR=ET+"}"#
                + "\n"
        )
        #expect(
            try text(.awsCredentials(section: "default"))
                == "[default]\naws_access_key_id = ID\naws_secret_access_key = SE/CR=ET+\n"
        )
    }

    @Test func aPairIsReadByTheHelperForIt() throws {
        let text = try text(.hmacPair)
        #expect(text == #"{"access_key_id":"ID","secret_access_key":"SE/CR=ET+"}"# + "\n")
        let pair = try HMACPair(parsing: Array(text.utf8))
        #expect(pair.accessKeyID == "ID" && pair.secretAccessKey.exposed == "SE/CR=ET+" && pair.expiresAt == nil)
    }

    @Test func inventedValuesAreTheSameEachTime() {
        let fields = KeyFields(of: Self.pair)
        #expect(KeyContent(.raw(.keyAPIKey), fields: fields).fake == "fake-key-api-key\n")
        #expect(
            KeyContent(.awsCredentials(section: "cos"), fields: fields).fake
                == "[cos]\naws_access_key_id = fake-key-access-key-id\naws_secret_access_key = fake-key-secret-access-key\n"
        )
    }

    @Test(arguments: [
        (apiKey, ["api_key"]), (pair, ["api_key", "access_key_id", "secret_access_key"]),
        (secret(.arbitrary), ["value"]), (secret(.kv, member: "token"), ["value"]),
        (secret(.kv, member: "id"), ["value"]), (secret(.usernamePassword), ["password"]),
        (secret(.iamCredentials), ["api_key"]), (KeyTarget.certificate("c"), []),
    ])
    func eachTargetHasItsFields(target: KeyTarget, names: [String]) {
        let fields = KeyFields(of: target)
        #expect(fields.names == names)
        for name in names { #expect(fields[name].flatMap(fields.field) != nil) }
        #expect(fields["id"] == nil && fields["access_token"] == nil)
    }

    @Test func theMemberOfASecretIsItsValue() throws {
        for member in ["token", "id", "password", "api_key"] {
            let target = Self.secret(.kv, member: member)
            #expect(try text(.raw(.keyValue), target, [member: "v"]) == "v\n")
            #expect(KeyFields(of: target).field(.keyValue) == member)
        }
    }

    @Test func templatesGetWhatTheirTargetHas() throws {
        let fields = KeyFields(of: Self.apiKey)
        let template = try SinkTemplate(parsing: "{{key.id}} {{key.api_key}} {{key.rotation}}\n", in: .key(fields))
        #expect(try text(.template(template), Self.apiKey, ["api_key": "K"]) == "key-1 K 0000000000000001\n")
    }

    @Test(arguments: ["access_token", "hmac.access_key_id", "instance.id", "key.access_key_id", "key.value", "profile"])
    func templatesAreRefusedWhatTheirTargetHasNot(variable: String) {
        let error = #expect(throws: TemplateError.self) {
            try SinkTemplate(parsing: "a\n{{\(variable)}}", in: .key(KeyFields(of: Self.apiKey)))
        }
        #expect(error?.line == 2)
        #expect(
            error?.message
                == "there is no value '\(variable)' in a file with the key of this plan; there are: key.api_key, key.id, key.rotation, key.plan"
        )
    }

    @Test(arguments: [
        (KeyContent.Form.raw(.keyAPIKey), ["api_key": "a\nb"], "key.api_key has control characters"),
        (.raw(.keyAPIKey), ["api_key": ""], "the key has no key.api_key"), (.raw(.keyAPIKey), [:], "the key has no"),
        (.dotenv(.keyAPIKey, variable: "K"), ["api_key": "a b"], "use another format"),
        (.dotenv(.keyAPIKey, variable: "K"), ["api_key": "a'b"], "use another format"),
        (.dotenv(.keyAPIKey, variable: "K"), ["api_key": "a$b"], "use another format"),
        (.json, [:], "the key has no key.api_key"),
    ])
    func whatCouldNotBeReadBackIsNotWritten(form: KeyContent.Form, values: [String: String], message: String) {
        let error = #expect(throws: KeyContentError.self) { try text(form, Self.apiKey, values) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        for value in values.values where !value.isEmpty { #expect(error?.message.contains(value) == false) }
    }
}
