internal import FoundationEssentials
internal import JOSE

/// A secret with its versions.
struct StoredSecret: Sendable {
    let start: SimulatedSecret
    let createdAt: Date
    /// IAM ID of who made it.
    let createdBy: String
    /// Newest first: `current`, then `previous`; never empty.
    private(set) var versions: [SecretVersion]
    /// How many there were.
    private(set) var versionsTotal = 1
    private(set) var updatedAt: Date
    /// JSON beside the secret.
    private(set) var metadata: String?

    /// Versions whose metadata are kept.
    static let maximumVersions = 50
    /// Locks on all versions together.
    static let maximumLocks = 1_000
    /// Versions that keep what they hold.
    private static let kept = 2

    /// A secret with its first version.
    init(_ secret: SimulatedSecret, createdBy caller: String, at now: Date) {
        start = secret
        (createdAt, createdBy, updatedAt) = (now, caller, now)
        versions = [SecretVersion(createdAt: now, createdBy: caller, payload: secret.payload, metadata: nil)]
    }

    var locksTotal: Int { versions.reduce(0) { $0 + $1.locks.count } }

    /// Where the version is that `id` names, which may be an alias.
    func index(_ id: String) -> Int? {
        switch id {
        case "current": 0
        case "previous": versions.count > 1 ? 1 : nil
        default: versions.firstIndex { $0.id == id }
        }
    }

    /// The alias of the version at `index`.
    static func alias(at index: Int) -> String? {
        switch index {
        case 0: "current"
        case 1: "previous"
        default: nil
        }
    }

    /// Starts a new version.
    ///
    /// - Returns: IDs of API keys that no version holds any longer.
    mutating func rotate(to version: SecretVersion, metadata: String?) -> [String] {
        versions.insert(version, at: 0)
        versionsTotal += 1
        updatedAt = version.createdAt
        self.metadata = metadata ?? self.metadata
        let lost = versions.indices.dropFirst(Self.kept).flatMap { wipe(at: $0) }
        for index in versions.indices.dropFirst(Self.kept) { versions[index].locks = [] }
        versions = Array(versions.prefix(Self.maximumVersions))
        return lost
    }

    /// Deletes what the version at `index` holds.
    ///
    /// - Returns: IDs of API keys that no version holds any longer.
    mutating func wipe(at index: Int) -> [String] {
        let id = versions[index].apiKeyID
        (versions[index].payload, versions[index].apiKeyID) = (nil, nil)
        guard let id, !versions.contains(where: { $0.apiKeyID == id }) else { return [] }
        return [id]
    }

    mutating func noteDownload(at index: Int) { versions[index].isDownloaded = true }

    /// Puts `locks` on the version at `index`, in place of those with their names.
    mutating func lock(_ locks: [SecretLock], at index: Int) {
        for lock in locks {
            versions[index].locks.removeAll { $0.name == lock.name }
            versions[index].locks.append(lock)
        }
    }

    /// Takes the locks `names` off the version at `index`, or all.
    mutating func unlock(_ names: Set<String>?, at index: Int) {
        versions[index].locks.removeAll { names?.contains($0.name) ?? true }
    }
}
