import BrokerTesting
import KeyRotation

extension ProofWorld.Case {
    /// The kinds of plans, and the ways in which services are late.
    static let all: [Self] = [
        Self(testDescription: "iam-api-key", traits: KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil).traits),
        Self(
            testDescription: "iam-api-key, listed after 30 s, working after 20 s, acknowledged",
            traits: KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil).traits,
            delays: ScriptedIssuer.Delays(listing: 30, working: 20),
            sinks: ["first"],
            acknowledgers: ["reports"]
        ),
        Self(
            testDescription: "iam-api-key, the first",
            traits: KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil).traits,
            sinks: ["first"],
            hasOldKey: false
        ),
        Self(testDescription: "resource-key", traits: resourceKey, sinks: ["first"]),
        Self(
            testDescription: "iam-api-key of a fleet",
            traits: KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil).traits,
            sinks: ["first"],
            isFleet: true
        ),
        Self(
            testDescription: "resource-key whose value is told once, listed after 30 s",
            traits: resourceKey,
            delays: ScriptedIssuer.Delays(listing: 30, isReadable: false),
            sinks: ["first"]
        ),
        Self(
            testDescription: "secrets-manager, arbitrary",
            traits: secret(.arbitrary),
            delays: ScriptedIssuer.Delays(kept: 2),
            sinks: []
        ),
        Self(testDescription: "secrets-manager, iam_credentials", traits: secret(.iamCredentials), sinks: ["first"]),
        Self(
            testDescription: "key-protect",
            traits: KeyTarget.rootKey(RootKeyTarget(url: "", instance: "", id: "")).traits,
            sinks: []
        ),
        Self(testDescription: "identity-certificate", traits: KeyTarget.certificate("web").traits, sinks: []),
    ]

    private static let resourceKey =
        KeyTarget.resourceKey(
            ResourceKeyTarget(source: "crn", role: "Writer", serviceID: nil, endpoint: "", bucket: "")
        )
        .traits

    private static func secret(_ kind: SecretTarget.Kind) -> KeyTraits {
        KeyTarget.secret(SecretTarget(url: "", id: "", kind: kind)).traits
    }
}
