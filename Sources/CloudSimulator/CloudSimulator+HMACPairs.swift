internal import JOSE
internal import Synchronization

// The HMAC pairs of Object Storage.
extension CloudSimulator {
    /// The pairs, oldest first.
    package var hmacPairs: [HMACPair] { state.withLock { $0.hmacPairs.all } }

    /// Makes a pair that may sign from now on, or when ``Propagation/hmacPairUse`` has passed.
    ///
    /// - Returns: the pair; `nil` when there are too many already.
    package func createHMACPair(named name: String) -> HMACPair? {
        let pair = HMACPair(generatingNamed: name, at: now)
        guard state.withLock({ $0.hmacPairs.add(pair) }) else { return nil }
        note(IssuedSecret(pair.secretAccessKey.exposed))
        return pair
    }

    /// Lets a pair sign, or no longer.
    ///
    /// - Returns: whether there is such a pair.
    @discardableResult
    package func setEnabled(_ isEnabled: Bool, hmacPair accessKeyID: String) -> Bool {
        state.withLock { $0.hmacPairs.setEnabled(isEnabled, accessKeyID) }
    }

    /// - Returns: whether there was such a pair.
    @discardableResult
    package func deleteHMACPair(_ accessKeyID: String) -> Bool {
        state.withLock { $0.hmacPairs.remove(accessKeyID) }
    }
}
