internal import ArgumentParser
internal import JOSE

/// A JSON Pointer (RFC 6901) in its text form.
struct JSONPointer: ExpressibleByArgument {
    private let tokens: [String]

    /// `nil` when `argument` is neither empty nor starts with a slash, or has a `~` that is no escape.
    init?(argument: String) {
        guard argument.isEmpty || argument.hasPrefix("/") else { return nil }
        var tokens: [String] = []
        for part in argument.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let token = Self.unescaping(part) else { return nil }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    private static func unescaping(_ part: Substring) -> String? {
        var token = ""
        var rest = part.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "~" else {
                token.unicodeScalars.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "0": token += "~"
            case "1": token += "/"
            default: return nil
            }
        }
        return token
    }

    /// What the pointer points at in a document.
    enum Match {
        case value(JSONValue)
        /// Nothing; the deepest part that exists, as a pointer.
        case none(deepest: String)
    }

    func match(in root: JSONValue) -> Match {
        var value = root
        var path = ""
        for token in tokens {
            guard let next = Self.step(from: value, token) else { return .none(deepest: path) }
            value = next
            path += "/" + token.replacing("~", with: "~0").replacing("/", with: "~1")
        }
        return .value(value)
    }

    private static func step(from value: JSONValue, _ token: String) -> JSONValue? {
        if value.isObject { return value.member(token) }
        // Section 4: digits alone, and no zero in front of others.
        guard let elements = value.array, token.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            token == "0" || !token.hasPrefix("0"), let index = Int(token), elements.indices.contains(index)
        else { return nil }
        return elements[index]
    }
}

extension JSONValue {
    /// The member `name` of an object; names are compared by their bytes.
    func member(_ name: String) -> JSONValue? {
        members?.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}
