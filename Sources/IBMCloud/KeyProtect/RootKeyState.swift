internal import FoundationEssentials
internal import JOSE
internal import KeyRotation

/// What Key Protect tells of a root key (IBM's public API, "Retrieve key metadata").
struct RootKeyState {
    let version: KeyID
    let versionCreatedAt: Date
    let isActive: Bool

    /// The number of the state in which a key may be used (NIST SP 800-57, "active").
    private static let active = 1

    init(_ object: JSONValue) throws(AnswerFault) {
        guard let key = object["resources"]?.array?.first else { throw .member("resources") }
        guard let version = KeyID(foreign: key["keyVersion"]?["id"]?.string) else { throw .member("keyVersion.id") }
        guard let created = key["keyVersion"]?["creationDate"]?.string.flatMap(CivilTime.init(rfc3339:)) else {
            throw .member("keyVersion.creationDate")
        }
        guard let state = key["state"]?.integer else { throw .member("state") }
        (self.version, versionCreatedAt, isActive) = (version, created.date, state == Self.active)
    }

    var listed: ListedKey { ListedKey(id: version, name: nil, createdAt: versionCreatedAt, isDisabled: !isActive) }
}
