package import FoundationEssentials
package import JOSE
internal import Synchronization

/// The IBM Cloud APIs that a VPC instance talks to, played on loopback, with faults on request.
///
/// VPC Identity, VPC Metadata and the IAM token API are served by one HTTP server (``withRunning(port:tls:logger:_:)``).
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
/// | `GET`, `DELETE /simulator/requests` | request counts since the start or the last `DELETE` |
package final class CloudSimulator: Sendable {
    private let state: Mutex<State>
    private let realNow: @Sendable () -> Date

    private struct State {
        var instance: SimulatedInstance
        var keys: KeyRing
        var faults: [Endpoint: Fault] = [:]
        var clockOffset = 0
        var counts = RequestCounts()
    }

    /// Starts with `keys`; tokens are made and checked at `now`.
    package init(
        instance: SimulatedInstance = SimulatedInstance(),
        keys: SimulatorKeys,
        now: @escaping @Sendable () -> Date
    ) {
        state = Mutex(State(instance: instance, keys: KeyRing(keys)))
        realNow = now
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
        state.withLock { $0.instance.metadataService = service }
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

// Requests that came in.
extension CloudSimulator {
    package func requestCount(of endpoint: Endpoint) -> Int { state.withLock { $0.counts[endpoint] } }

    package func resetRequestCounts() { state.withLock { $0.counts.reset() } }

    /// Returns when `endpoint` has had `count` requests, or throws when the task is cancelled.
    package func waitForRequests(to endpoint: Endpoint, reaching count: Int) async throws {
        let id = state.withLock { $0.counts.newWaiterID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = RequestCounts.Waiter(id: id, endpoint: endpoint, count: count, continuation: continuation)
                let isCancelled = Task.isCancelled
                let waits = state.withLock { !isCancelled && $0.counts.wait(waiter) }
                guard !waits else {
                    // A cancellation before `wait` found no waiter to end.
                    if Task.isCancelled { cancelWaiter(id) }
                    return
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) } else { continuation.resume() }
            }
        } onCancel: {
            cancelWaiter(id)
        }
    }

    private func cancelWaiter(_ id: Int) {
        state.withLock { $0.counts.cancel(id) }?.continuation.resume(throwing: CancellationError())
    }

    /// Counts a request to `endpoint`, and takes one use of its fault.
    func arrival(at endpoint: Endpoint) -> Fault? {
        let (fault, done) = state.withLock { state in
            let fault = state.faults[endpoint]
            if let times = fault?.times {
                state.faults[endpoint]?.times = times - 1
                if times <= 1 { state.faults[endpoint] = nil }
            }
            return (fault, state.counts.add(endpoint))
        }
        for waiter in done { waiter.continuation.resume() }
        return fault
    }

    var countsDocument: JSONOutput { state.withLock { $0.counts.document } }

    /// The identity service as it stands at this moment.
    func identityService(_ fault: Fault?) -> IdentityService {
        let (instance, keys) = state.withLock { ($0.instance, $0.keys) }
        return IdentityService(instance: instance, keys: keys, now: now, fault: fault)
    }
}
