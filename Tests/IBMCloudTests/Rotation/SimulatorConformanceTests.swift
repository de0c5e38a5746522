import AccessPolicy
import BrokerTesting
import CloudSimulator
import Foundation
import IBMCloud
import JOSE
import KeyRotation
import Logging
import Testing
import TokenBroker

/// The conformance kits, over the adapters and the simulated cloud.
@Suite struct SimulatorConformanceTests {
    private static let secretID = "4f99b5fb-65fa-4fb0-95f9-7f9efdb7de80"

    @Test func theAPIKeysOfAServiceIDConform() async throws {
        try await SimulatedCloud.run { cloud in
            // What is new takes time.
            cloud.simulator.setPropagation(Propagation(apiKeyUse: .seconds(7), apiKeyReading: .seconds(3)))
            try await cloud.checkIssuer(of: .apiKey(iamID: KeyWorld.iamID, account: KeyWorld.account))
        }
    }

    @Test func theResourceKeysConform() async throws {
        try await SimulatedCloud.run { cloud in
            cloud.simulator.setPropagation(Propagation(hmacPairUse: .seconds(5)))
            try await cloud.checkIssuer(of: .resourceKey(cloud.resourceKey))
        }
    }

    @Test func credentialsThatAreShownOnceConform() async throws {
        try await SimulatedCloud.run { cloud in
            cloud.simulator.setRotationRules(RotationRules(hasOneTimeCredentials: true))
            try await cloud.checkIssuer(of: .resourceKey(cloud.resourceKey))
        }
    }

    @Test(
        arguments: [
            (SecretTarget.Kind.arbitrary, "old"), (.kv, #"{"user":"app","token":"old"}"#), (.usernamePassword, "old"),
            (.iamCredentials, nil),
        ] as [(SecretTarget.Kind, String?)]
    )
    func theVersionsOfASecretConform(kind: SecretTarget.Kind, payload: String?) async throws {
        try await SimulatedCloud.run { cloud in
            cloud.simulator.setPropagation(Propagation(apiKeyUse: .seconds(2)))
            let type = try #require(SimulatedSecret.SecretType(rawValue: kind.rawValue))
            cloud.addSecret(Self.secretID, type, payload)
            try await cloud.checkIssuer(
                of: .secret(SecretTarget(url: cloud.url, id: Self.secretID, kind: kind, member: "token"))
            )
        }
    }

    @Test func theVersionsOfARootKeyConform() async throws {
        try await SimulatedCloud.run { cloud in
            let instance = cloud.simulator.instance
            let target = KeyTarget.rootKey(
                RootKeyTarget(url: cloud.url, instance: instance.keyProtectInstance, id: instance.rootKeys[0].id)
            )
            try await cloud.checkIssuer(of: target)
            let issuer = try cloud.issuer(of: target)
            let fault = try await KeyWorld.fault(issuer, .create(try KeyWorld.name(), nil))
            #expect(fault.code == .rateLimited)
            #expect(fault.retryAfter == 3_600)
            let imported = try cloud.issuer(
                of: .rootKey(
                    RootKeyTarget(url: cloud.url, instance: instance.keyProtectInstance, id: instance.rootKeys[1].id)
                )
            )
            try await checkFault(
                of: imported,
                in: .create(try KeyWorld.name(), nil),
                code: .rejected,
                secrets: [World.secret]
            )
        }
    }

    @Test(
        arguments: [
            (SecretSinkTarget.Form.field("api_key"), SimulatedSecret.SecretType.arbitrary, "old"),
            (.document, .arbitrary, "old"), (.document, .arbitrary, nil), (.members, .kv, #"{"user":"app"}"#),
        ] as [(SecretSinkTarget.Form, SimulatedSecret.SecretType, String?)]
    )
    func aSecretIsASink(form: SecretSinkTarget.Form, type: SimulatedSecret.SecretType, payload: String?) async throws {
        try await SimulatedCloud.run { cloud in
            cloud.addSecret(Self.secretID, type, payload)
            let sink = try cloud.client.secretsManagerSink(
                for: SecretSinkTarget(url: cloud.url, id: Self.secretID, form: form),
                token: cloud.token
            )
            try await checkConformance(of: sink, plan: try KeyWorld.plan(), drawing: { SimulatedCloud.draw("api_key") })
            // Three publications and a restoration, and nothing for those that were repeated.
            #expect(cloud.simulator.versionCount(ofSecret: Self.secretID) == 5)
        }
    }

    @Test func aFullIdentityGetsNoMoreKeys() async throws {
        try await SimulatedCloud.run { cloud in
            cloud.simulator.setRotationRules(RotationRules(apiKeyQuota: 1))
            let keys = try cloud.issuer(of: KeyWorld.apiKey)
            let create = IssuerCall.create(try KeyWorld.name(), SimulatedCloud.draw("api_key"))
            try await checkFault(of: keys, in: create, code: .quotaExceeded, secrets: [World.secret])
        }
    }

    @Test(arguments: [Endpoint.iamIdentity, .resourceController, .secretsManager, .keyProtect])
    func aProfileWithoutTheRoleIsTold(endpoint: Endpoint) async throws {
        try await SimulatedCloud.run { cloud in
            cloud.simulator.setRotationRules(RotationRules(forbidden: [endpoint]))
            let instance = cloud.simulator.instance
            let target: KeyTarget =
                switch endpoint {
                case .resourceController: .resourceKey(cloud.resourceKey)
                case .secretsManager:
                    .secret(SecretTarget(url: cloud.url, id: instance.secrets[0].id, kind: .arbitrary))
                case .keyProtect:
                    .rootKey(
                        RootKeyTarget(
                            url: cloud.url,
                            instance: instance.keyProtectInstance,
                            id: instance.rootKeys[0].id
                        )
                    )
                default: KeyWorld.apiKey
                }
            try await checkFault(
                of: try cloud.issuer(of: target),
                in: .list,
                code: .forbidden,
                secrets: [World.secret]
            )
        }
    }

    /// The answer is lost, and the key is there: it is found by its name, and its value is the one that was sent.
    @Test func aKeyWhoseAnswerWasLostIsFoundAgain() async throws {
        try await SimulatedCloud.run { cloud in
            let issuer = try cloud.issuer(of: KeyWorld.apiKey)
            let own = SimulatedCloud.draw("api_key")
            cloud.simulator.set(Fault(delivery: .dropAfter), for: .iamIdentity)
            let create = IssuerCall.create(try KeyWorld.name(), own)
            try await checkFault(of: issuer, in: create, code: .unknownOutcome, secrets: [World.secret])
            cloud.simulator.clearFaults()
            let listed = try #require(try await issuer.perform(.list).keys?.first { $0.name == KeyWorld.nameText })
            try await KeyWorld.expectDone(issuer, .verify(listed.id, own))
        }
    }
}
