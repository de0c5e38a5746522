import CloudSimulator
import Foundation
import JOSE
import Testing

/// Each kind of key once, through the daemon and the command.
@Suite(.timeLimit(.minutes(2))) struct RotationTargetTests {
    static let storage = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"

    /// A plan for API keys of a service ID whose old key nobody has used.
    static func apiKeys(replaces id: String, publish: String) -> String {
        """
        target: { iam-api-key: { service_id: \(World.serviceID), replaces: \(id) } }
        publish: [ \(publish) ]
        overlap: 1s
        disabled: 0s
        """
    }

    @Test func anAPIKeyIsMadeUsedPublishedAndTheOldOneDisabledAndDeleted() async throws {
        let cloud = try World.cloud()
        let old = try #require(cloud.createAPIKey(named: "by hand", serviceID: World.serviceID))
        let publish = """
            { file: { path: FOLDER/keys/env, format: env, variable: API_KEY } },
            { file: { path: FOLDER/keys/conf, template: FOLDER/key.mustache } },
            { secrets-manager: { url: CLOUD, secret: 0b5571f7-21e6-42b7-91c5-3f5ac9793a46, type: arbitrary, field: api_key } }
            """
        try await World.rotating(
            ["reports": Self.apiKeys(replaces: old.id, publish: publish)],
            in: cloud,
            files: ["key.mustache": "[cloud]\nkey = {{key.api_key}}\n# {{key.plan}} {{key.id}}\n"]
        ) { world in
            try await PromisedRequests.keep(world, "reports")
            let key = try #require(world.liveKeys.first)
            #expect(world.liveKeys.count == 1 && key.id != old.id)
            let value = key.value.exposed
            let isPublished = try world.key("env") == "export API_KEY='\(value)'"
            #expect(isPublished)
            let isInTemplate = try world.key("conf") == "[cloud]\nkey = \(value)\n# reports \(key.id)"
            #expect(isInTemplate)
            let copy = cloud.currentPayload(ofSecret: "0b5571f7-21e6-42b7-91c5-3f5ac9793a46")
            let isCopied = copy?.exposed == value
            #expect(isCopied)
            let kinds = try await world.events("reports")
            for kind in ["created", "verified", "published", "idle", "disabled", "deleted", "finished"] {
                #expect(kinds.contains(kind), "\(kind)")
            }
            #expect(try world.keyFiles == ["env", "conf"])
        }
    }

    @Test(arguments: ["arbitrary", "kv", "username_password", "iam_credentials"])
    func aSecretGetsANewVersionAndTheOneBeforeIsWiped(type: String) async throws {
        let secret = SimulatedSecret(
            id: "5a5a5a5a-1111-4222-8333-444444444444",
            name: "rotated",
            type: try #require(SimulatedSecret.SecretType(rawValue: type)),
            payload: type == "kv" ? Redacted(#"{"password":"first-value","user":"scott"}"#) : Redacted("first-value"),
            serviceID: World.serviceID
        )
        let member = type == "kv" ? ", member: password" : ""
        let plan = """
            target: { secrets-manager: { url: CLOUD, secret: \(secret.id), type: \(type)\(member) } }
            publish: [ { file: { path: FOLDER/keys/copy } } ]
            overlap: 1s
            """
        let cloud = try World.cloud()
        cloud.addSecret(secret)
        try await World.rotating(["database": plan], in: cloud) { world in
            try await world.rotation("run", "--now", "--wait", "database")
            let first = try world.key("copy")
            try await PromisedRequests.keep(world, "database")
            let second = try world.key("copy")
            let payload = try #require(world.cloud.currentPayload(ofSecret: secret.id)).exposed
            #expect(second.count >= 32)
            let isAnother = first != second
            #expect(isAnother, "the second rotation made the same value again")
            #expect(world.cloud.versionCount(ofSecret: secret.id) == 3)
            switch type {
            case "kv":
                let data = try JSONDocument(parsing: Array(payload.utf8)).root
                let isCurrent = data["password"]?.string == second
                #expect(isCurrent && data["user"]?.string == "scott")
            case "iam_credentials":
                let isOnlyKey = world.liveKeys.map(\.value.exposed) == [second]
                #expect(isOnlyKey, "\(world.liveKeys.count) keys")
            default:
                let isCurrent = payload == second
                #expect(isCurrent)
            }
        }
    }

    @Test func aRootKeyThatWasRotatedWithinTheHourWaitsAndDoesNotHalt() async throws {
        let key = "8f7e6d5c-4b3a-4291-8a7b-6c5d4e3f2a1b"
        let instance = SimulatedInstance().keyProtectInstance
        let plan = "target: { key-protect: { url: CLOUD, instance: \(instance), key: \(key) } }"
        try await World.rotating(["volumes": plan]) { world in
            let before = world.cloud.versionID(ofRootKey: key)
            try await PromisedRequests.keep(world, "volumes")
            let after = world.cloud.versionID(ofRootKey: key)
            #expect(after != nil && after != before)

            #expect(try await world.begin("volumes").status == 200)
            let state = try await world.plan("volumes", reaches: "waiting for the hour") {
                $0["rotation"]?["last_fault"]?.string != nil
            }
            #expect(state["state"]?.string == "rotating")
            #expect(state["rotation"]?["last_fault"]?.string?.contains("once an hour") == true)
            let until = try #require(state["rotation"]?["until"]?.integer)
            #expect(until > Int(Date().timeIntervalSince1970) + 3_000)
            #expect(world.cloud.versionID(ofRootKey: key) == after)
        }
    }

    @Test func anIdentityCertificateGetsANewSerial() async throws {
        var setup = Setup.rotating(["instance": "target: { identity-certificate: share }"])
        setup.certificates = """
            { share: { subject: "C=DE,O=Example", key_type: p256, lifetime: 5m, key: FOLDER/key.pem,
              chain: FOLDER/chain.pem } }
            """
        try await World.rotating(setup) { world in
            let first = try await world.plan("instance", reaches: "a certificate") { _ in
                FileManager.default.fileExists(atPath: world.folder.path("chain.pem"))
            }
            #expect(first["kind"]?.string == "identity-certificate")
            let before = try String(contentsOfFile: world.folder.path("chain.pem"), encoding: .utf8)
            try await PromisedRequests.keep(world, "instance")
            let after = try String(contentsOfFile: world.folder.path("chain.pem"), encoding: .utf8)
            #expect(after != before)
            let serial = try await Program.run(
                URL(filePath: "/usr/bin/openssl"),
                ["x509", "-in", world.folder.path("chain.pem"), "-noout", "-serial"]
            )
            let key = try await world.plan("instance")["key"]?["id"]?.string
            #expect(serial.output == "serial=\(key ?? "?")\n")
        }
    }
}
