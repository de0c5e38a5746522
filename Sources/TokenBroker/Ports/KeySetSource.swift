package import JOSE

/// Where the keys that sign IAM tokens are published.
package protocol KeySetSource: Sendable {
    /// Fetches the current key set. It has at least one usable key.
    func keySet() async throws(AcquisitionError) -> KeySet
}
