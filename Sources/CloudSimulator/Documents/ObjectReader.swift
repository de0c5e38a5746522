internal import JOSE

/// Reads the members of one JSON object and says by name which of them is wrong.
///
/// Members that nobody knows are errors: a misspelt switch must not go unnoticed.
struct ObjectReader {
    private let members: [String: JSONValue]
    private let path: String

    /// Reads a whole document.
    init(document bytes: [UInt8], knowing names: Set<String>, upTo size: Int = 64 * 1_024) throws(DocumentError) {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes, limits: JSONLimits(size: size))
        } catch {
            throw DocumentError(member: "", problem: "cannot be read: \(error)")
        }
        try self.init(document.root, at: "", knowing: names)
    }

    init(_ value: JSONValue, at path: String, knowing names: Set<String>) throws(DocumentError) {
        guard let members = value.members else { throw DocumentError(member: path, problem: "must be an object") }
        self.path = path
        self.members = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
        if let unknown = members.map(\.name).first(where: { !names.contains($0) }) {
            let known = names.sorted().joined(separator: ", ")
            throw DocumentError(member: memberPath(unknown), problem: "is not known; known are \(known)")
        }
    }

    /// Whether the document has the member `name`, with whatever value.
    func contains(_ name: String) -> Bool { members[name] != nil }

    /// Whether no member is there at all.
    var isEmpty: Bool { members.isEmpty }

    func isNull(_ name: String) -> Bool { members[name]?.isNull ?? false }

    func string(_ name: String) throws(DocumentError) -> String? {
        guard let value = members[name] else { return nil }
        guard let string = value.string else { throw error(name, "must be a string") }
        return string
    }

    /// A string that is not empty.
    func text(_ name: String) throws(DocumentError) -> String? {
        guard let string = try string(name) else { return nil }
        guard !string.isEmpty else { throw error(name, "must not be empty") }
        return string
    }

    func bool(_ name: String) throws(DocumentError) -> Bool? {
        guard let value = members[name] else { return nil }
        guard let bool = value.bool else { throw error(name, "must be true or false") }
        return bool
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(DocumentError) -> Int? {
        guard let value = members[name] else { return nil }
        guard let integer = value.integer, range.contains(integer) else {
            throw error(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of type: Choice.Type = Choice.self
    ) throws(DocumentError) -> Choice? where Choice.RawValue == String {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw error(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func strings(_ name: String) throws(DocumentError) -> [String]? {
        guard let elements = try array(name) else { return nil }
        var strings: [String] = []
        for (index, element) in elements.enumerated() {
            guard let string = element.string else { throw error("\(name)[\(index)]", "must be a string") }
            strings.append(string)
        }
        return strings
    }

    func object(_ name: String, knowing names: Set<String>) throws(DocumentError) -> ObjectReader? {
        guard let value = members[name] else { return nil }
        return try ObjectReader(value, at: memberPath(name), knowing: names)
    }

    func objects(_ name: String, knowing names: Set<String>) throws(DocumentError) -> [ObjectReader]? {
        guard let elements = try array(name) else { return nil }
        var objects: [ObjectReader] = []
        for (index, element) in elements.enumerated() {
            objects.append(try ObjectReader(element, at: memberPath("\(name)[\(index)]"), knowing: names))
        }
        return objects
    }

    /// The text of a member that is an object, whatever is in it.
    func objectText(_ name: String) throws(DocumentError) -> String? {
        guard let value = members[name] else { return nil }
        guard value.isObject else { throw error(name, "must be an object") }
        return value.text
    }

    /// The value of a member that must be there.
    func required<Value>(_ name: String, _ value: Value?) throws(DocumentError) -> Value {
        guard let value else { throw error(name, "is missing") }
        return value
    }

    func error(_ name: String, _ problem: String) -> DocumentError {
        DocumentError(member: memberPath(name), problem: problem)
    }

    private func array(_ name: String) throws(DocumentError) -> [JSONValue]? {
        guard let value = members[name] else { return nil }
        guard let elements = value.array else { throw error(name, "must be an array") }
        return elements
    }

    private func memberPath(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
