internal import FoundationEssentials
internal import JOSE

/// The body of `POST /v1/apikeys`, with the header fields that belong to it.
struct APIKeyCreation {
    let key: SimulatedAPIKey

    private static let members: Set = [
        "account_id", "action_when_leaked", "apikey", "description", "expires_at", "iam_id", "name", "store_value",
        "support_sessions",
    ]
    /// Characters of a value that a client brings along.
    private static let minimumLength = 32

    init(_ request: SimulatorRequest, account: String, createdBy caller: String, now: Date) throws {
        let reader = try ObjectReader(document: request.body, knowing: Self.members)
        guard try (reader.text("account_id") ?? account) == account else { throw IAMIdentityError.status(403) }
        let iamID = try reader.required("iam_id", reader.text("iam_id"))
        guard iamID.hasPrefix("iam-ServiceId-") else {
            throw reader.error("iam_id", "must start with 'iam-ServiceId-': the simulator plays no keys of users")
        }
        guard try reader.bool("support_sessions") != true else {
            throw reader.error("support_sessions", "is for keys of users")
        }
        let value = try reader.string("apikey")
        guard (value?.count ?? Self.minimumLength) >= Self.minimumLength else {
            throw reader.error("apikey", "must have \(Self.minimumLength) characters at least")
        }
        var key = SimulatedAPIKey(
            name: try reader.required("name", reader.text("name")),
            serviceID: String(iamID.dropFirst("iam-".count)),
            value: value.map { Redacted($0) },
            createdBy: caller,
            now: now
        )
        key.description = try reader.text("description")
        key.isStored = try reader.bool("store_value") ?? false
        key.actionWhenLeaked = try reader.choice("action_when_leaked") ?? .disable
        key.expiresAt = try reader.expiry()
        key.isLocked = try Self.flag("entity-lock", request)
        key.isDisabled = try Self.flag("entity-disable", request)
        self.key = key
    }

    private static func flag(_ name: String, _ request: SimulatorRequest) throws(IAMIdentityError) -> Bool {
        guard let text = request.headers[name] else { return false }
        guard let flag = Bool(text) else { throw .invalid("The header '\(name)' must be 'true' or 'false'.") }
        return flag
    }
}

/// The body of `PUT /v1/apikeys/{id}`: what is absent stays, and what is an empty text goes.
struct APIKeyUpdate {
    private let name: String?
    private let description: String?
    private let actionWhenLeaked: SimulatedAPIKey.LeakAction?
    private let changesExpiry: Bool
    private let expiresAt: Date?

    private static let members: Set = ["action_when_leaked", "description", "expires_at", "name", "support_sessions"]

    init(_ request: SimulatorRequest) throws(DocumentError) {
        let reader = try ObjectReader(document: request.body, knowing: Self.members)
        guard try reader.bool("support_sessions") != true else {
            throw reader.error("support_sessions", "is for keys of users")
        }
        name = try reader.text("name")
        description = try reader.string("description")
        actionWhenLeaked = try reader.choice("action_when_leaked")
        changesExpiry = reader.contains("expires_at")
        expiresAt = try reader.expiry()
    }

    func apply(to key: inout SimulatedAPIKey) {
        key.name = name ?? key.name
        if let description { key.description = description.isEmpty ? nil : description }
        key.actionWhenLeaked = actionWhenLeaked ?? key.actionWhenLeaked
        if changesExpiry { key.expiresAt = expiresAt }
    }
}

extension ObjectReader {
    /// `expires_at`; `nil` when it is absent or empty.
    fileprivate func expiry() throws(DocumentError) -> Date? {
        guard let text = try string("expires_at"), !text.isEmpty else { return nil }
        guard let date = IAMTime.date(text) else {
            throw error("expires_at", "must be a time like 2026-12-01T10:00+0000")
        }
        return date
    }
}
