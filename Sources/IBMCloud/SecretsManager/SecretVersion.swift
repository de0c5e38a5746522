internal import FoundationEssentials
internal import JOSE
internal import KeyRotation

/// A version of a secret, as Secrets Manager tells of it (reference: IBM API, section 9.5).
struct SecretVersion: Sendable {
    let id: KeyID
    let createdAt: Date
    let isPayloadAvailable: Bool
    /// Whether consumers get it who name none.
    let isCurrent: Bool
    /// Whether it is the one before that which consumers get who name none.
    let isPrevious: Bool
    /// The ``KeyName`` that a broker gave it.
    let name: String?
    /// The version that it took the place of, when a restoration made it.
    let restored: String?
    /// The answer itself, with the value in it.
    private let object: Redacted<JSONValue>

    init(_ object: JSONValue) throws(AnswerFault) {
        guard let id = KeyID(foreign: object["id"]?.string) else { throw .member("id") }
        guard let created = object["created_at"]?.string.flatMap(CivilTime.init(rfc3339:)) else {
            throw .member("created_at")
        }
        guard let isAvailable = object["payload_available"]?.bool else { throw .member("payload_available") }
        (self.id, createdAt, isPayloadAvailable) = (id, created.date, isAvailable)
        isCurrent = object["alias"]?.string == "current"
        isPrevious = object["alias"]?.string == "previous"
        name = object["version_custom_metadata"]?["iam_broker"]?.string
        restored = object["version_custom_metadata"]?["iam_broker_restored"]?.string
        self.object = Redacted(object)
    }

    /// The order in which versions came to be.
    ///
    /// Secrets Manager documents none for its list. Its names for the last two say more than times, which are rounded to the second.
    static func isOlder(_ left: SecretVersion, _ right: SecretVersion) -> Bool {
        func rank(_ version: SecretVersion) -> Int { version.isCurrent ? 2 : version.isPrevious ? 1 : 0 }
        return (rank(left), left.createdAt) < (rank(right), right.createdAt)
    }

    var listed: ListedKey { listed(isLocked: false) }

    func listed(isLocked: Bool) -> ListedKey {
        ListedKey(id: id, name: name, createdAt: createdAt, isLocked: isLocked)
    }

    /// A text of the value: `payload`, `password` or `api_key`.
    func text(_ member: StaticString) -> Redacted<String>? {
        object.exposed[member]?.string.map { Redacted($0) }
    }

    /// The members of a `kv` secret; their values are JSON.
    var members: Redacted<[(name: String, value: String)]>? {
        object.exposed["data"]?.members.map { Redacted($0.map { ($0.name, $0.value.text) }) }
    }

    /// The text of a member of a `kv` secret; `nil` where there is none, or another thing than a text.
    func member(_ name: String) -> Redacted<String>? {
        object.exposed["data"]?.members?.first { $0.name == name }?.value.string.map { Redacted($0) }
    }

    /// Whose API key it is, for credentials of IAM.
    var iamID: String? {
        ForeignText.identifier(object.exposed["service_id"]?.string).map { $0.hasPrefix("iam-") ? $0 : "iam-\($0)" }
    }
}
