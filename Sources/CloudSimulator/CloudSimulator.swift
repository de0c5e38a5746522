package import FoundationEssentials
package import JOSE
internal import SwiftASN1
internal import Synchronization
internal import X509

/// The IBM Cloud APIs that a VPC instance talks to, played on loopback, with faults on request.
///
/// VPC Identity, VPC Metadata, the IAM token API and a call or two of the services that take its tokens are served by one
/// HTTP server (``withRunning(host:port:tls:clock:logger:_:)``).
/// Every switch of this type can be turned while it runs, and is also reachable over HTTP under `/simulator`:
///
/// | request | effect |
/// |---|---|
/// | `GET /simulator` | says what can be switched, and how it stands |
/// | `PUT /simulator/faults/{endpoint}` | a ``Fault`` for an ``Endpoint``, replacing the one before |
/// | `GET`, `DELETE /simulator/faults[/{endpoint}]` | shows or clears faults |
/// | `POST /simulator/rotate-keys` | a new key signs; `{"keep_old":true,"publish":true}` |
/// | `POST /simulator/publish-keys` | shows a key that was rotated in with `{"publish":false}` |
/// | `PUT /simulator/clock` | `{"offset_seconds":N}` |
/// | `PUT /simulator/profiles/{name}` | `{"linked":false}` |
/// | `PUT /simulator/metadata-service` | `{"enabled":false,"when_disabled":"silence"}` |
/// | `GET /simulator/root-certificate` | the root of identity certificates |
/// | `GET`, `POST /simulator/hmac-pairs`, `PUT`, `DELETE /simulator/hmac-pairs/{id}` | who may sign S3 requests |
/// | `GET /simulator/api-keys` | the API keys, without their values |
/// | `GET`, `POST /simulator/secrets` | lists the secrets of Secrets Manager, makes one |
/// | `GET`, `PUT /simulator/propagation` | how long new keys are not known everywhere, in milliseconds |
/// | `GET`, `PUT /simulator/rotation-rules` | quota, one-time credentials, services that answer 403 |
/// | `GET`, `DELETE /simulator/requests` | request counts since the start or the last `DELETE` |
package final class CloudSimulator: Sendable {
    let state: Mutex<State>
    /// What is in the buckets.
    let objects = ObjectStore()
    private let realNow: @Sendable () -> Date
    /// Who signs identity certificates; a failure to make it is met by who asks for one.
    let certificateAuthority: Result<CertificateAuthority, any Error>

    /// What can change while it runs.
    struct State {
        var instance: SimulatedInstance
        var keys: KeyRing
        var hmacPairs: HMACPairs
        var apiKeys: APIKeys
        var vault: SecretVault
        var rootKeys: RootKeys
        var resourceKeys = ResourceKeys()
        var propagation = Propagation()
        var rules = RotationRules()
        var faults: [Endpoint: Fault] = [:]
        var clockOffset = 0
        var counts = RequestCounts()
    }

    /// Hears of each token, API key, HMAC pair and generated secret that is given out.
    let note: @Sendable (IssuedSecret) -> Void

    /// Starts with `keys`; tokens are made and checked at `now`.
    ///
    /// `note` hears of each secret that is given out, and gets nothing of the secret itself.
    package init(
        instance: SimulatedInstance = SimulatedInstance(),
        keys: SimulatorKeys,
        now: @escaping @Sendable () -> Date,
        noting note: @escaping @Sendable (IssuedSecret) -> Void = { _ in }
    ) {
        self.note = note
        state = Mutex(
            State(
                instance: instance,
                keys: KeyRing(keys, noting: note),
                hmacPairs: HMACPairs(instance.hmacPairs),
                apiKeys: APIKeys(instance.apiKeys),
                vault: SecretVault(instance.secrets),
                rootKeys: RootKeys(instance.rootKeys)
            )
        )
        realNow = now
        certificateAuthority = Result { try CertificateAuthority(around: now()) }
    }

    /// Makes keys of its own, which takes some tenths of a second.
    package convenience init(
        instance: SimulatedInstance = SimulatedInstance(),
        now: @escaping @Sendable () -> Date
    ) throws(CryptoError) {
        let keys = try SimulatorKeys(generatingAt: now(), region: instance.region)
        self.init(instance: instance, keys: keys, now: now)
    }

    /// The instance as it stands.
    package var instance: SimulatedInstance { state.withLock { $0.instance } }

    /// The simulated time.
    package var now: Date { realNow().addingTimeInterval(Double(clockOffset)) }
}

// The root of what it certifies.
extension CloudSimulator {
    /// The root certificate, in PEM: what clients are to trust to check the chains of `POST …/certificates`.
    package var rootCertificate: String {
        get throws { try certificateAuthority.get().root.serializeAsPEM().pemString }
    }
}

// What can be switched while it runs.
extension CloudSimulator {
    /// Makes `endpoint` misbehave, in place of how it misbehaved before.
    package func set(_ fault: Fault, for endpoint: Endpoint) {
        state.withLock { $0.faults[endpoint] = fault }
    }

    package func clearFault(of endpoint: Endpoint) {
        _ = state.withLock { $0.faults.removeValue(forKey: endpoint) }
    }

    package func clearFaults() {
        state.withLock { $0.faults = [:] }
    }

    /// The faults that are not yet used up.
    package var faults: [Endpoint: Fault] { state.withLock { $0.faults } }

    /// Signs IAM tokens with a new key from now on.
    ///
    /// - Parameters:
    ///   - key: the new key; without one it is generated, which takes a tenth of a second.
    ///   - keepingOld: whether the keys so far stay in the key set.
    ///   - publishing: whether the new key enters the key set; if not, ``publishKeys()`` does it later.
    /// - Throws: what kept OpenSSL from generating a key.
    package func rotateKeys(
        to key: SigningKey? = nil,
        keepingOld: Bool = true,
        publishing: Bool = true
    ) throws(CryptoError) {
        let new: SigningKey
        if let key { new = key } else { new = try SigningKey(generating: .rs256, id: newKeyID()) }
        state.withLock { $0.keys.rotate(to: new, keepingOld: keepingOld, publishing: publishing) }
    }

    /// Puts the signing key into the key set.
    package func publishKeys() {
        state.withLock { $0.keys.publish() }
    }

    /// `kid` of the key that signs, and of those in the key set, newest first.
    package var keyIDs: (signing: String, published: [String]) {
        state.withLock { ($0.keys.signing.id, $0.keys.published.map(\.id)) }
    }

    /// Seconds by which the simulated time is ahead of `now`.
    package var clockOffset: Int {
        get { state.withLock { $0.clockOffset } }
        set { state.withLock { $0.clockOffset = newValue } }
    }

    /// Links or unlinks the profile `name`.
    ///
    /// - Returns: whether there is such a profile.
    @discardableResult
    package func setLinked(_ isLinked: Bool, profile name: String) -> Bool {
        state.withLock { state in
            guard let index = state.instance.profiles.firstIndex(where: { $0.name == name }) else { return false }
            state.instance.profiles[index].isLinked = isLinked
            return true
        }
    }

    package func setMetadataService(_ service: MetadataService) {
        changeMetadataService { $0 = service }
    }

    /// Changes the metadata service at once, whoever else changes it.
    ///
    /// - Returns: the instance as it then is.
    @discardableResult
    func changeMetadataService(_ change: (inout MetadataService) -> Void) -> SimulatedInstance {
        state.withLock { state in
            change(&state.instance.metadataService)
            return state.instance
        }
    }

    /// `kid` of IBM's form: the minute of its making, or the next one that is free.
    private func newKeyID() -> String {
        let (signing, published) = keyIDs
        let candidates = (0...published.count + 1)
            .map { minutes in
                CivilTime(now.addingTimeInterval(Double(minutes) * 60)).keyID
            }
        return candidates.first { $0 != signing && !published.contains($0) } ?? UUID().uuidString.lowercased()
    }
}
