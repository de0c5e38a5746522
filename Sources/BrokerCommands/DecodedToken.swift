internal import FoundationEssentials
internal import JOSE

/// Header and claims of a token, laid out for a person.
struct DecodedToken {
    var header: JSONDocument
    var claims: JSONDocument

    /// The claims that are times (RFC 7519 section 4.1).
    private static let times: Set<String> = ["exp", "nbf", "iat"]

    func text(now: Date) -> String {
        var lines = ["NOT VERIFIED: neither the signature nor any claim was checked", "", "header"]
        append(header.root, indent: 1, now: nil, to: &lines)
        lines.append("claims")
        append(claims.root, indent: 1, now: now, to: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    /// Adds the members of `object`.
    ///
    /// With `now`, times among them are said in words.
    private func append(_ object: JSONValue, indent: Int, now: Date?, to lines: inout [String]) {
        let members = object.members ?? []
        let names = members.map { Self.name($0.name) }
        let width = names.map(\.count).max() ?? 0
        let margin = String(repeating: "  ", count: indent)
        for (name, member) in zip(names, members) {
            if member.value.isObject {
                lines.append(margin + name)
                append(member.value, indent: indent + 1, now: nil, to: &lines)
                continue
            }
            let padding = String(repeating: " ", count: width - name.count + 2)
            lines.append(margin + name + padding + value(member.value, named: member.name, now: now))
        }
    }

    private func value(_ value: JSONValue, named name: String, now: Date?) -> String {
        if let now, Self.times.contains(name), let seconds = value.number,
            let words = TimeInWords.describe(secondsSince1970: seconds, now: now)
        {
            return words
        }
        return value.string.map(TerminalText.quoting) ?? JSONText.line(value.text)
    }

    /// A name as it is when it is an ordinary word, and in quotes when it could be mistaken for something else.
    private static func name(_ name: String) -> String {
        let isWord =
            !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.:/".contains($0)) }
        return isWord ? name : TerminalText.quoting(name)
    }
}
