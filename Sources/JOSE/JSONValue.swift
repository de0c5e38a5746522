internal import Glibc

/// A value inside a ``JSONDocument``.
///
/// Each accessor answers `nil` when the value is of another kind: nothing is converted.
package struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { document.nodes[index] }

    package var isNull: Bool { node.kind == .null }
    package var isObject: Bool { node.kind == .object }

    package var string: String? {
        guard node.kind == .string else { return nil }
        return document.string(node)
    }

    package var bool: Bool? {
        switch node.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The number, when it is finite as a `Double`.
    package var number: Double? {
        guard node.kind == .number else { return nil }
        return document.number(node)
    }

    /// The number, when it is a whole one that `Int` holds exactly.
    package var integer: Int? {
        guard node.kind == .number else { return nil }
        // From the digits where there are only digits: a `Double` rounds beyond 2^53.
        let digits = String(decoding: document.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)
        return Int(digits) ?? number.flatMap { Int(exactly: $0) }
    }

    /// The elements of an array.
    package var array: [JSONValue]? {
        guard node.kind == .array else { return nil }
        var elements: [JSONValue] = []
        var child = index + 1
        while child < Int(node.next) {
            elements.append(JSONValue(document: document, index: child))
            child = Int(document.nodes[child].next)
        }
        return elements
    }

    /// The members of an object, in the order of the text.
    package var members: [(name: String, value: JSONValue)]? {
        guard node.kind == .object else { return nil }
        var members: [(name: String, value: JSONValue)] = []
        var child = index + 1
        while child < Int(node.next) {
            let value = child + 1
            members.append((document.string(document.nodes[child]), JSONValue(document: document, index: value)))
            child = Int(document.nodes[value].next)
        }
        return members
    }

    /// The member `name` of an object.
    package subscript(_ name: StaticString) -> JSONValue? {
        guard node.kind == .object else { return nil }
        var child = index + 1
        while child < Int(node.next) {
            if document.isString(document.nodes[child], name) { return JSONValue(document: document, index: child + 1) }
            child = Int(document.nodes[child + 1].next)
        }
        return nil
    }

    /// The value's own text, as it stands in the document.
    package var text: String {
        let quotes = node.kind == .string ? 1 : 0
        let range = Int(node.start) - quotes..<Int(node.end) + quotes
        return String(decoding: document.bytes[range], as: UTF8.self)
    }
}

extension JSONDocument {
    func string(_ node: Node) -> String {
        guard node.isEscaped else { return String(decoding: bytes[Int(node.start)..<Int(node.end)], as: UTF8.self) }
        return bytes.withUnsafeBufferPointer { String(decoding: JSONStrings.unescaped($0, node), as: UTF8.self) }
    }

    func isString(_ node: Node, _ text: StaticString) -> Bool {
        guard node.kind == .string else { return false }
        if node.isEscaped { return string(node) == text.description }
        guard Int(node.end - node.start) == text.utf8CodeUnitCount else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return true }
            return memcmp(base + Int(node.start), text.utf8Start, text.utf8CodeUnitCount) == 0
        }
    }

    func isString(_ node: Node, _ text: String) -> Bool {
        guard node.kind == .string else { return false }
        if node.isEscaped { return string(node).utf8.elementsEqual(text.utf8) }
        var text = text
        return text.withUTF8 { expected in
            bytes.withUnsafeBufferPointer { bytes in
                guard Int(node.end - node.start) == expected.count else { return false }
                guard let base = bytes.baseAddress, let other = expected.baseAddress else { return true }
                return memcmp(base + Int(node.start), other, expected.count) == 0
            }
        }
    }

    func number(_ node: Node) -> Double? {
        let text = bytes[Int(node.start)..<Int(node.end)]
        // Up to fifteen digits are exact in a `Double`, and dates have ten.
        if text.count <= 15, text.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) {
            return Double(text.reduce(0) { $0 &* 10 &+ Int($1 &- UInt8(ascii: "0")) })
        }
        guard let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else { return nil }
        return number
    }
}
