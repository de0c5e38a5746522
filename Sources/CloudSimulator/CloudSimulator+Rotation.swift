internal import FoundationEssentials
package import JOSE
internal import Synchronization

// What keys are rotated with.
extension CloudSimulator {
    /// The API keys, oldest first, whoever knows of them yet.
    package var apiKeys: [SimulatedAPIKey] { state.withLock { $0.apiKeys.all } }

    /// Makes an API key of `serviceID`; when it is known is up to ``propagation``.
    ///
    /// - Returns: the key, with its value; `nil` when the quota is reached or the value is another key's.
    package func createAPIKey(
        named name: String,
        serviceID: String,
        value: Redacted<String>? = nil
    ) -> SimulatedAPIKey? {
        let now = now
        let key = SimulatedAPIKey(
            name: name,
            serviceID: serviceID,
            value: value,
            createdBy: "iam-\(serviceID)",
            now: now
        )
        let refusal = state.withLock { state -> APIKeyRefusal? in
            do throws(APIKeyRefusal) {
                try state.apiKeys.add(key, quota: state.rules.apiKeyQuota, at: now)
                return nil
            } catch {
                return error
            }
        }
        guard refusal == nil else { return nil }
        note(IssuedSecret(key.value.exposed))
        return key
    }

    /// Deletes an API key behind everybody's back, locked or not.
    package func deleteAPIKey(_ id: String) {
        state.withLock { $0.apiKeys.discard(id) }
    }

    /// The resource keys of Object Storage, oldest first.
    package var resourceKeys: [SimulatedResourceKey] { state.withLock { $0.resourceKeys.all } }

    /// How long new keys are not known everywhere.
    package var propagation: Propagation { state.withLock { $0.propagation } }

    package func setPropagation(_ propagation: Propagation) {
        state.withLock { $0.propagation = propagation }
    }

    package var rotationRules: RotationRules { state.withLock { $0.rules } }

    package func setRotationRules(_ rules: RotationRules) {
        state.withLock { $0.rules = rules }
    }

    /// Adds a secret to Secrets Manager.
    ///
    /// - Returns: whether there was room, and no secret with its ID.
    @discardableResult
    package func addSecret(_ secret: SimulatedSecret) -> Bool {
        let creator = "iam-ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
        let now = now
        return state.withLock { $0.vault.add(secret, createdBy: creator, at: now) }
    }

    /// The secrets as Secrets Manager started with them.
    package var secrets: [SimulatedSecret] { state.withLock { $0.vault.all.map(\.start) } }

    /// How many versions the secret `id` has had; `nil` if there is no such secret.
    package func versionCount(ofSecret id: String) -> Int? { state.withLock { $0.vault[id]?.versionsTotal } }

    /// What the current version of the secret `id` holds: a text, a JSON object, a password or an API key.
    ///
    /// - Returns: `nil` if there is no such secret, or if its current version holds nothing.
    package func currentPayload(ofSecret id: String) -> Redacted<String>? {
        state.withLock { $0.vault[id]?.versions.first?.payload }
    }

    /// The ID of the version of the root key `id`; `nil` if there is no such key.
    package func versionID(ofRootKey id: String) -> String? { state.withLock { $0.rootKeys[id]?.versionID } }

    /// Changes a secret at once, whoever else changes it.
    func changeSecret<Result: Sendable>(
        _ id: String,
        _ change: (inout StoredSecret) throws(VPCError) -> Result
    ) throws(VPCError) -> Result {
        try state.withLock { state throws(VPCError) in try state.vault.change(id, change) }
    }

    /// The service ID that a token for `apiKey` is to be for; counts the use.
    func exchange(apiKey: String) -> ServiceIDKey? {
        let now = now
        return state.withLock { $0.apiKeys.exchange(apiKey, at: now, after: $0.propagation.apiKeyUse) }
    }

    /// The HMAC pairs that Object Storage knows by now.
    var knownHMACPairs: HMACPairs {
        let now = now
        return state.withLock { $0.hmacPairs.known(at: now, after: $0.propagation.hmacPairUse) }
    }
}
