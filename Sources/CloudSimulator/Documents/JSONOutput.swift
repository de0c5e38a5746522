/// JSON to be written: members stay in the order they were given.
enum JSONOutput: Sendable {
    case string(String)
    case integer(Int)
    case bool(Bool)
    case array([JSONOutput])
    case object([(name: String, value: JSONOutput)])
    case null
    /// Text that is written already: JSON of somebody else's, or the whole of a body that is no JSON.
    case verbatim(String)

    /// The JSON text in UTF-8.
    var bytes: [UInt8] {
        var text: [UInt8] = []
        write(to: &text)
        return text
    }

    /// The JSON text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The member `name` of an object.
    subscript(name: String) -> JSONOutput? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The object with one more member at its end; unchanged when `value` is absent.
    func adding(_ name: String, _ value: JSONOutput?) -> JSONOutput {
        guard case .object(let members) = self, let value else { return self }
        return .object(members + [(name, value)])
    }

    /// The object with the members of another object at its end.
    func adding(_ other: JSONOutput) -> JSONOutput {
        guard case .object(let members) = self, case .object(let more) = other else { return self }
        return .object(members + more)
    }

    /// The object without the members `names`.
    func omitting(_ names: Set<String>) -> JSONOutput {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !names.contains($0.name) })
    }

    private func write(to text: inout [UInt8]) {
        switch self {
        case .string(let value): Self.write(value, to: &text)
        case .integer(let value): text += Array(String(value).utf8)
        case .bool(let value): text += Array((value ? "true" : "false").utf8)
        case .verbatim(let value): text += Array(value.utf8)
        case .null: text += Array("null".utf8)
        case .array(let elements):
            Self.write(elements, in: ("[", "]"), to: &text) { $0.write(to: &$1) }
        case .object(let members):
            Self.write(members, in: ("{", "}"), to: &text) { member, text in
                Self.write(member.name, to: &text)
                text.append(UInt8(ascii: ":"))
                member.value.write(to: &text)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element],
        in brackets: (Unicode.Scalar, Unicode.Scalar),
        to text: inout [UInt8],
        _ writeElement: (Element, inout [UInt8]) -> Void
    ) {
        text.append(UInt8(ascii: brackets.0))
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            writeElement(element, &text)
        }
        text.append(UInt8(ascii: brackets.1))
    }

    private static func write(_ value: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): text += Array(#"\n"#.utf8)
            case 0..<0x20:
                text += Array((byte < 0x10 ? #"\u000"# : #"\u00"#).utf8) + Array(String(byte, radix: 16).utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

extension JSONOutput: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONOutput: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    init(arrayLiteral elements: JSONOutput...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONOutput)...) { self = .object(elements.map { ($0.0, $0.1) }) }
}
