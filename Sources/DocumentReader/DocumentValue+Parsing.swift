internal import Yams

extension DocumentValue {
    /// Reads a whole document.
    ///
    /// It is one document of mappings, lists and texts. What else YAML knows (anchors, aliases, tags, several documents in a
    /// file) is refused: none of it is needed, and all of it hides what a document says.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - file: what errors call the document.
    ///   - limit: the most bytes.
    /// - Throws: ``DocumentError`` when it is too large, empty or not such YAML.
    package init(parsing text: String, file: String, limit: Int = DocumentSize.standard) throws(DocumentError) {
        func error(_ line: Int?, _ message: String) -> DocumentError {
            DocumentError(file: file, line: line, key: "", message: message)
        }
        guard text.utf8.count <= limit else { throw error(nil, "is larger than \(DocumentSize.words(limit))") }
        let shape = DocumentShape(text)
        guard shape.elements <= DocumentShape.mostElements else {
            throw error(nil, "has more than \(DocumentShape.mostElements) elements")
        }
        if let line = shape.deepLine { throw error(line, "is nested more than \(DocumentShape.deepest) deep") }
        if let line = shape.directiveLine { throw error(line, "begins with a directive (%); leave it out") }
        if let line = AliasGuard.excess(in: text) { throw error(line, Self.noAliases) }
        do {
            // The parser keeps a pointer to the text, which only stays where it is when it is not a short one.
            let isShort = text.utf8.count < 16
            let parser = try Parser(yaml: isShort ? text + String(repeating: " ", count: 16) : text, encoding: .utf8)
            // The parser owns the names of anchors: nodes forget them when it goes away.
            let node = try withExtendedLifetime(parser) {
                let node = try parser.singleRoot()
                if let node { try Self.expectPlain(node, depth: 0, error) }
                return node
            }
            guard let node else { throw error(nil, "is empty") }
            self.init(node: node, file: file, key: "")
        } catch let error as DocumentError {
            throw error
        } catch let fault {
            let (line, message) = Self.explain(fault, text)
            throw error(line, message)
        }
    }

    /// Nothing that our documents use is nested deeper than 7.
    private static let mostNested = 32

    private static let noAliases = "anchors and aliases (&name, *name) are not read here; write out what they stand for"

    /// Refuses what is YAML and not for our documents.
    ///
    /// An anchor stands before its aliases, so no alias is ever followed.
    private static func expectPlain(
        _ node: Node,
        depth: Int,
        _ error: (_ line: Int?, _ message: String) -> DocumentError
    ) throws(DocumentError) {
        guard node.anchor == nil else { throw error(node.mark?.line, noAliases) }
        guard depth <= mostNested else { throw error(node.mark?.line, "is nested more than \(mostNested) deep") }
        let tag: Tag
        switch node {
        case .scalar(let scalar):
            tag = scalar.tag
        case .sequence(let sequence):
            tag = sequence.tag
            for element in sequence { try expectPlain(element, depth: depth + 1, error) }
        case .mapping(let mapping):
            tag = mapping.tag
            for (name, value) in mapping {
                // Comparing keys has given them tags. What they are is asked when they are read.
                guard name.anchor == nil else { throw error(name.mark?.line, noAliases) }
                guard name.scalar != nil else { throw error(name.mark?.line, "a key must be a text") }
                try expectPlain(value, depth: depth + 1, error)
            }
        case .alias(let alias):
            throw error(alias.mark?.line, noAliases)
        }
        // A text in quotes has the tag of texts.
        guard ["", Tag.Name.str.rawValue].contains(tag.rawValue) else {
            throw error(node.mark?.line, "tags (!name) are not read here; leave the tag out")
        }
    }

    private static func explain(_ error: any Error, _ text: String) -> (line: Int?, message: String) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            (mark.line, "is not YAML: \(problem)\(hint(mark.line, text))")
        case .composer(_, let problem, let mark, _):
            problem == "but found another document"
                ? (mark.line, "another document begins here, and a file has one; make it a file of its own")
                : (mark.line, "is not YAML: \(problem)")
        case .reader(let problem, let offset, _, _):
            (offset.map { line(at: $0, in: text) }, "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            (context.mark.line, "a mapping here has a key twice: \(duplicates.joined(separator: ", "))")
        default:
            (nil, "is not YAML")
        }
    }

    private static func hint(_ line: Int, _ text: String) -> String {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: line, omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return "" }
        let indentation = lines[line - 1].prefix { $0 == 0x20 || $0 == 0x09 }
        return indentation.contains(0x09) ? "; indent with spaces and not with tabs" : ""
    }

    private static func line(at offset: Int, in text: String) -> Int {
        1 + text.utf8.prefix(max(0, offset)).count { $0 == UInt8(ascii: "\n") }
    }
}
