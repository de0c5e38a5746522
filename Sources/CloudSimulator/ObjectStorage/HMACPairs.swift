internal import FoundationEssentials

/// The HMAC pairs of the simulated account.
///
/// The one place that says which pair may sign: whoever makes, ends or delays pairs does it here.
struct HMACPairs: Sendable {
    /// Oldest first.
    private(set) var all: [HMACPair]

    /// More than this are refused: nothing here may grow without an end.
    static let maximumCount = 100

    init(_ pairs: [HMACPair]) { all = pairs }

    /// The pair that may sign requests as `accessKeyID`.
    func usable(_ accessKeyID: String) -> HMACPair? {
        all.first { $0.accessKeyID == accessKeyID && $0.isEnabled }
    }

    /// The pairs that have been there for `delay`.
    func known(at now: Date, after delay: Duration) -> HMACPairs {
        HMACPairs(all.filter { $0.createdAt.map { now.timeIntervalSince($0) >= delay / .seconds(1) } ?? true })
    }

    subscript(accessKeyID: String) -> HMACPair? { all.first { $0.accessKeyID == accessKeyID } }

    /// Takes up a pair.
    ///
    /// - Returns: whether there was room, and no pair with its ID.
    mutating func add(_ pair: HMACPair) -> Bool {
        guard all.count < Self.maximumCount, self[pair.accessKeyID] == nil else { return false }
        all.append(pair)
        return true
    }

    /// - Returns: whether there is such a pair.
    mutating func setEnabled(_ isEnabled: Bool, _ accessKeyID: String) -> Bool {
        guard let index = all.firstIndex(where: { $0.accessKeyID == accessKeyID }) else { return false }
        all[index].isEnabled = isEnabled
        return true
    }

    /// - Returns: whether there was such a pair.
    mutating func remove(_ accessKeyID: String) -> Bool {
        guard let index = all.firstIndex(where: { $0.accessKeyID == accessKeyID }) else { return false }
        all.remove(at: index)
        return true
    }
}
