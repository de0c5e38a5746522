internal import FoundationEssentials
internal import JOSE
internal import KeyRotation

/// What the answers about API keys say (reference: IBM API, section 9.1).
enum APIKeyAnswer {
    /// One key; `nil` members of it are those that IBM may leave out.
    static func key(_ object: JSONValue) throws(AnswerFault) -> ListedKey {
        guard let id = KeyID(foreign: object["id"]?.string) else { throw .member("id") }
        guard let name = object["name"]?.string else { throw .member("name") }
        guard let created = object["created_at"]?.string.flatMap(CivilTime.init(identityAPI:)) else {
            throw .member("created_at")
        }
        // A key is not taken for usable, or for open to changes, because nobody says that it is not.
        guard let isDisabled = object["disabled"]?.bool else { throw .member("disabled") }
        guard let isLocked = object["locked"]?.bool else { throw .member("locked") }
        return ListedKey(id: id, name: name, createdAt: created.date, isDisabled: isDisabled, isLocked: isLocked)
    }

    /// One page; keys of other identities would be none of ours.
    static func list(_ object: JSONValue, of iamID: String) throws(AnswerFault) -> [ListedKey] {
        guard let elements = object["apikeys"]?.array else { throw .member("apikeys") }
        var keys: [ListedKey] = []
        for element in elements {
            guard element["iam_id"]?.string == iamID else { throw .member("iam_id") }
            keys.append(try key(element))
        }
        return keys
    }

    /// The token of the next page; `nil` on the last.
    static func nextPage(_ object: JSONValue) throws(AnswerFault) -> String? {
        guard let next = object["next"], !next.isNull, next.string != "" else { return nil }
        let query =
            next.string?.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? ""
        let prefix = "pagetoken="
        guard let parameter = query.split(separator: "&").first(where: { $0.hasPrefix(prefix) }),
            let token = PercentText.decoded(parameter.dropFirst(prefix.count)), !token.isEmpty
        else { throw .member("next") }
        return token
    }

    /// The value of a new key.
    ///
    /// - Parameters:
    ///   - object: the answer to its creation.
    ///   - own: the value that was sent, if one was.
    /// - Returns: the value that the key has for sure.
    /// - Throws: ``AnswerFault`` when the answer leaves that open.
    static func value(_ object: JSONValue, own: Redacted<String>?) throws(AnswerFault) -> Redacted<String> {
        let told = object["apikey"]?.string ?? ""
        guard let own else {
            guard !told.isEmpty else { throw .member("apikey") }
            return Redacted(told)
        }
        guard told.isEmpty || told == own.exposed else { throw .member("apikey") }
        return own
    }

    /// When a key was last used; `nil` for never.
    ///
    /// An answer that says nothing of it is not taken for "never".
    static func lastUse(_ object: JSONValue) throws(AnswerFault) -> Date? {
        guard let activity = object["activity"], activity.isObject else { throw .member("activity") }
        guard let text = activity["last_authn"], !text.isNull, text.string != "" else {
            guard activity["authn_count"]?.integer == 0 else { throw .member("authn_count") }
            return nil
        }
        guard let time = text.string.flatMap(CivilTime.init(identityAPI:)) else { throw .member("last_authn") }
        return time.date
    }
}
