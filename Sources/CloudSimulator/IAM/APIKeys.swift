internal import FoundationEssentials
internal import JOSE

/// The API keys of the simulated account.
struct APIKeys: Sendable {
    /// Oldest first.
    private(set) var all: [SimulatedAPIKey] = []
    /// Names of the service IDs of the instance file.
    private let serviceIDs: [String: String]

    /// More than this are refused, whatever the quota: nothing here may grow without an end.
    static let maximumCount = 1_000

    /// Takes the keys of the instance file; the ID of each is made of its service ID.
    init(_ keys: [ServiceIDKey]) {
        serviceIDs = Dictionary(keys.map { ($0.serviceID, $0.name) }) { first, _ in first }
        for key in keys {
            let id = "ApiKey-\(key.serviceID.dropFirst("ServiceId-".count))"
            let count = all.count { $0.serviceID == key.serviceID }
            all.append(SimulatedAPIKey(key, id: count == 0 ? id : "\(id)-\(count + 1)"))
        }
    }

    /// The key `id`, whoever knows of it yet.
    subscript(id: String) -> SimulatedAPIKey? { all.first { $0.id == id } }

    /// The keys that readers see, oldest first.
    func readable(at now: Date, after delay: Duration) -> [SimulatedAPIKey] {
        all.filter { $0.isKnown(at: now, after: delay) && !$0.isForgotten(at: now) }
    }

    /// Takes up a key.
    mutating func add(_ key: SimulatedAPIKey, quota: Int, at now: Date) throws(APIKeyRefusal) {
        all.removeAll { $0.isForgotten(at: now) }
        guard all.count < Self.maximumCount else { throw .full }
        guard all.count(where: { $0.serviceID == key.serviceID }) < quota else {
            throw .quotaReached(serviceID: key.serviceID, quota: quota)
        }
        guard !all.contains(where: { $0.value == key.value }) else { throw .valueTaken }
        all.append(key)
    }

    /// Changes a key that is not locked.
    mutating func change(
        _ id: String,
        at now: Date,
        evenIfLocked: Bool = false,
        _ change: (inout SimulatedAPIKey) -> Void
    ) throws(APIKeyRefusal) -> SimulatedAPIKey {
        let index = try index(of: id, at: now, evenIfLocked: evenIfLocked)
        change(&all[index])
        all[index].touch(at: now)
        return all[index]
    }

    /// Deletes a key that is not locked.
    mutating func remove(_ id: String, at now: Date) throws(APIKeyRefusal) {
        all.remove(at: try index(of: id, at: now, evenIfLocked: false))
    }

    /// Deletes a key, as the service does that made it for something which is gone.
    mutating func discard(_ id: String) { all.removeAll { $0.id == id } }

    /// The service ID that a token is to be for, if `value` is a key that opens; counts the use.
    mutating func exchange(_ value: String, at now: Date, after delay: Duration) -> ServiceIDKey? {
        let index = all.firstIndex { key in
            key.value.exposed == value && key.opens(at: now, after: delay)
        }
        guard let index else { return nil }
        all[index].useCount += 1
        all[index].lastUsed = now
        let key = all[index]
        return ServiceIDKey(
            name: serviceIDs[key.serviceID] ?? key.serviceID,
            serviceID: key.serviceID,
            key: key.value
        )
    }

    private func index(of id: String, at now: Date, evenIfLocked: Bool) throws(APIKeyRefusal) -> Int {
        guard let index = all.firstIndex(where: { $0.id == id && !$0.isForgotten(at: now) }) else { throw .notFound }
        guard evenIfLocked || !all[index].isLocked else { throw .locked }
        return index
    }
}

/// Why IAM does not make or change an API key.
enum APIKeyRefusal: Error {
    case notFound
    case locked
    case valueTaken
    case quotaReached(serviceID: String, quota: Int)
    case full

    /// What is said of it, whichever service says it.
    var message: String {
        switch self {
        case .notFound: "The API key was not found."
        case .locked: "The API key is locked."
        case .valueTaken: "The value of the API key is in use already."
        case .quotaReached(let serviceID, let quota):
            "\(serviceID) has \(quota) API keys, which is the most it may have."
        case .full: "The simulator keeps \(APIKeys.maximumCount) API keys and no more."
        }
    }
}
