internal import Yams

/// A value in a YAML document that knows where it stands, so that whoever finds it wrong can say so.
///
/// Reading is strict: a scalar is what the reader asks for, spelled in full, or an error.
package struct DocumentValue {
    let node: Node
    package let file: String
    /// The way to this value from the top of the document.
    package let key: String

    /// The line on which the value begins; the first is 1.
    package var line: Int? { node.mark?.line }

    init(node: Node, file: String, key: String) {
        (self.node, self.file, self.key) = (node, file, key)
    }

    /// An error about this value.
    package func error(_ message: String) -> DocumentError {
        DocumentError(file: file, line: node.mark?.line, key: key, message: message)
    }

    /// A scalar's text, as it is written.
    ///
    /// The empty scalar and `null` are no text.
    package func string() throws(DocumentError) -> String {
        guard case .scalar(let scalar) = node else { throw error("must be a text") }
        let isPlain = scalar.style == .plain || scalar.style == .any
        guard !isPlain || !["", "~", "null", "Null", "NULL"].contains(scalar.string) else {
            throw error("must have a value")
        }
        return scalar.string
    }

    package func bool() throws(DocumentError) -> Bool {
        switch try string() {
        case "true": true
        case "false": false
        default: throw error("must be true or false")
        }
    }

    /// A whole number in `range`, in decimal.
    package func integer(in range: ClosedRange<Int>) throws(DocumentError) -> Int {
        guard let number = Int(try string()), range.contains(number) else {
            throw error("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A time span such as `500ms`, `5s`, `10m`, `1h` or `7d`, in `range` of seconds.
    package func duration(in range: ClosedRange<Int>) throws(DocumentError) -> Duration {
        let text = try string()
        let units: [(String, Int)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        for (unit, milliseconds) in units where text.hasSuffix(unit) {
            guard let count = Int(text.dropLast(unit.count)), count >= 0 else { continue }
            let (total, isOverflow) = count.multipliedReportingOverflow(by: milliseconds)
            guard !isOverflow, total >= range.lowerBound * 1_000, total <= range.upperBound * 1_000 else { break }
            return .milliseconds(total)
        }
        throw error("must be a time span from \(range.lowerBound)s to \(range.upperBound)s, such as 5s or 10m")
    }

    package func list() throws(DocumentError) -> [DocumentValue] {
        guard case .sequence(let sequence) = node else { throw error("must be a list") }
        return sequence.enumerated()
            .map { index, node in
                DocumentValue(node: node, file: file, key: "\(key)[\(index)]")
            }
    }

    /// Whether it is a mapping, where a key takes one in place of a scalar.
    package var isMapping: Bool { if case .mapping = node { true } else { false } }

    /// The members of a mapping, none of which may be outside `known`.
    package func mapping(known: [String]) throws(DocumentError) -> DocumentMapping {
        let mapping = try self.mapping()
        for member in mapping.members where !known.contains(member.name) {
            throw member.place.error("unknown key; known here: \(known.joined(separator: ", "))")
        }
        return mapping
    }

    /// The members of a mapping whose keys are names that the author chose.
    package func mapping() throws(DocumentError) -> DocumentMapping {
        guard case .mapping(let mapping) = node else { throw error("must be a mapping") }
        var members: [DocumentMapping.Member] = []
        var names: Set<String> = []
        for (name, value) in mapping {
            let place = DocumentValue(node: name, file: file, key: path(to: name.scalar?.string ?? "?"))
            let text = try place.string()
            // YAML takes `1` and `"1"` for two keys, and whoever reads the document takes them for one.
            guard names.insert(text).inserted else { throw place.error("this key is here twice") }
            let value = DocumentValue(node: value, file: file, key: path(to: text))
            members.append(.init(name: text, place: place, value: value))
        }
        return DocumentMapping(owner: self, members: members)
    }

    private func path(to name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }
}
