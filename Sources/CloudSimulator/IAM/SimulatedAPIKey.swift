package import FoundationEssentials
package import JOSE

/// An API key of a service ID, as IAM keeps it.
package struct SimulatedAPIKey: Sendable, Equatable {
    /// `ApiKey-` and what makes it unique.
    package let id: String
    package internal(set) var name: String
    /// The service ID that the key authenticates: `ServiceId-` and a UUID.
    package let serviceID: String
    package let value: Redacted<String>
    /// For people; `nil` for none.
    package internal(set) var description: String?
    /// Whether the value can be read later.
    package internal(set) var isStored = false
    /// A locked key refuses all writes but unlocking.
    package internal(set) var isLocked = false
    /// A disabled key opens nothing.
    package internal(set) var isDisabled = false
    package let createdAt: Date
    /// IAM ID of who made it.
    package let createdBy: String
    package internal(set) var modifiedAt: Date
    /// When the key ends; `nil` for never.
    package internal(set) var expiresAt: Date?
    package internal(set) var actionWhenLeaked = LeakAction.disable
    /// How many tokens were had for it.
    package internal(set) var useCount = 0
    /// When the last of them was had.
    package internal(set) var lastUsed: Date?
    /// Whether it comes from the instance file, so that it is known everywhere from the start.
    let isSettled: Bool
    private(set) var revision = 1
    private let tag: String

    /// What IBM does with a key that it finds in public.
    package enum LeakAction: String, Sendable, CaseIterable {
        case none
        case disable
        case delete
    }

    /// A key made at `now`, with a generated value unless one is given.
    init(name: String, serviceID: String, value: Redacted<String>? = nil, createdBy: String, now: Date) {
        id = "ApiKey-\(UUID().uuidString.lowercased())"
        self.name = name
        self.serviceID = serviceID
        self.value = value ?? Redacted(HexText.secret())
        self.createdBy = createdBy
        (createdAt, modifiedAt) = (now, now)
        isSettled = false
        tag = HexText.random(bytes: 16)
    }

    /// A key of the instance file; the name of its service ID is its own.
    init(_ key: ServiceIDKey, id: String) {
        self.id = id
        name = key.name
        serviceID = key.serviceID
        value = key.key
        createdBy = "iam-\(key.serviceID)"
        let start = Date(timeIntervalSince1970: 1_788_256_800)  // 2026-09-01T10:00Z
        (createdAt, modifiedAt) = (start, start)
        isSettled = true
        tag = "9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d"
    }

    package var iamID: String { "iam-\(serviceID)" }

    /// What `If-Match` is compared with; each change makes another.
    package var entityTag: String { "\(revision)-\(tag)" }

    /// Whether the key has been there for `delay`.
    func isKnown(at now: Date, after delay: Duration) -> Bool {
        isSettled || now.timeIntervalSince(createdAt) >= delay / .seconds(1)
    }

    /// Whether IAM makes a token for it.
    func opens(at now: Date, after delay: Duration) -> Bool {
        !isDisabled && !isExpired(at: now) && isKnown(at: now, after: delay)
    }

    func isExpired(at now: Date) -> Bool { expiresAt.map { now >= $0 } ?? false }

    /// Whether it was left alone for so long after its end that IAM deletes it, locked or not.
    func isForgotten(at now: Date) -> Bool {
        let days90: TimeInterval = 90 * 86_400
        guard let expiresAt else { return false }
        return now.timeIntervalSince(expiresAt) > days90 && now.timeIntervalSince(modifiedAt) > days90
    }

    mutating func touch(at now: Date) {
        modifiedAt = now
        revision += 1
    }
}
