internal import FoundationEssentials
internal import JOSE
internal import KeyRotation

/// What the answers about resource keys say (reference: IBM API, section 9.4).
enum ResourceKeyAnswer {
    // What sinks call the parts of the value.
    static let accessKeyID = "access_key_id"
    static let secretAccessKey = "secret_access_key"
    static let apiKey = "api_key"

    /// Its GUID serves as its ID: the CRN holds slashes.
    static func key(_ object: JSONValue) throws(AnswerFault) -> ListedKey {
        guard let id = KeyID(foreign: object["guid"]?.string) else { throw .member("guid") }
        guard let created = object["created_at"]?.string.flatMap(CivilTime.init(rfc3339:)) else {
            throw .member("created_at")
        }
        return ListedKey(id: id, name: object["name"]?.string, createdAt: created.date)
    }

    /// One page, without what is deleted already.
    static func list(_ object: JSONValue) throws(AnswerFault) -> [ListedKey] {
        guard let elements = object["resources"]?.array else { throw .member("resources") }
        var keys: [ListedKey] = []
        for element in elements where try isThere(element) { keys.append(try key(element)) }
        return keys
    }

    /// Whether a key is not deleted.
    static func isThere(_ object: JSONValue) throws(AnswerFault) -> Bool {
        guard object.isObject else { throw .member("resources") }
        let isDeleted = object["deleted_at"].map { !$0.isNull && $0.string != "" } ?? false
        return !isDeleted && object["state"]?.string != "removed"
    }

    /// The query of the link to the next page, fit to be sent; `nil` on the last.
    static func nextPage(_ object: JSONValue) throws(AnswerFault) -> String? {
        guard let next = object["next_url"], !next.isNull, next.string != "" else { return nil }
        guard
            let query = next.string?.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst()
                .first, !query.isEmpty,
            query.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"#\"<>".utf8.contains($0) })
        else { throw .member("next_url") }
        return String(query)
    }

    /// The HMAC pair and its API key; `nil` where they are blacked out.
    static func credentials(_ object: JSONValue) throws(AnswerFault) -> KeyMaterial? {
        guard let credentials = object["credentials"], credentials.isObject else { throw .member("credentials") }
        guard credentials["REDACTED"] == nil else { return nil }
        guard let pair = credentials["cos_hmac_keys"] else { throw .member("credentials.cos_hmac_keys") }
        guard let accessKeyID = pair["access_key_id"]?.string, ForeignText.identifier(accessKeyID) != nil else {
            throw .member("credentials.cos_hmac_keys.access_key_id")
        }
        guard let secret = pair["secret_access_key"]?.string, !secret.isEmpty else {
            throw .member("credentials.cos_hmac_keys.secret_access_key")
        }
        guard let apiKey = credentials["apikey"]?.string, !apiKey.isEmpty else { throw .member("credentials.apikey") }
        return KeyMaterial([
            Self.accessKeyID: Redacted(accessKeyID), Self.secretAccessKey: Redacted(secret),
            Self.apiKey: Redacted(apiKey),
        ])
    }
}
