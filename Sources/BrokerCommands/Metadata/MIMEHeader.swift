/// The fields of a MIME entity that say what it is.
struct MIMEHeader {
    private var type = "text/plain"
    private var typeParameters: [String: String] = [:]
    private var dispositionParameters: [String: String] = [:]
    private var transferEncoding: String?

    var isMultipart: Bool { type.hasPrefix("multipart/") }
    var boundary: String? { typeParameters["boundary"] }

    func part(_ content: ArraySlice<UInt8>) -> MIMEPart {
        MIMEPart(
            contentType: type,
            filename: dispositionParameters["filename"] ?? typeParameters["name"],
            transferEncoding: transferEncoding,
            content: content
        )
    }

    /// Splits an entity at its first empty line; an entity whose first line is no field has no header.
    static func split(
        _ entity: ArraySlice<UInt8>,
        limit: Int
    ) throws(MIMEError) -> (MIMEHeader, content: ArraySlice<UInt8>) {
        var header = MIMEHeader()
        var field = ""
        var line = entity.startIndex
        while line < entity.endIndex {
            let end = entity[line...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? entity.endIndex
            let text = String(decoding: entity[line..<end], as: UTF8.self)
            let isContinued = line > entity.startIndex && (text.hasPrefix(" ") || text.hasPrefix("\t"))
            let isEmpty = text.allSatisfy(\.isNewline)
            guard isContinued || isEmpty || isField(text) else {
                // Not a header after all, as in a script.
                return (MIMEHeader(), entity)
            }
            guard end - entity.startIndex <= limit else { throw .headerTooLarge(limit: limit) }
            if isContinued {
                field += text
            } else {
                header.take(field)
                field = text
            }
            line = end
            if isEmpty { return (header, entity[end...]) }
        }
        header.take(field)
        return (header, entity[entity.endIndex...])
    }

    /// Whether a line starts with a name and a colon, or is what mail folders put before a header.
    private static func isField(_ line: String) -> Bool {
        if line.hasPrefix("From ") { return true }
        let name = line.prefix { $0 != ":" }
        return !name.isEmpty && name.endIndex < line.endIndex
            && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private mutating func take(_ field: String) {
        guard let colon = field.firstIndex(of: ":") else { return }
        let (value, parameters) = Self.parameters(field[field.index(after: colon)...])
        switch field[..<colon].lowercased() {
        case "content-type": (type, typeParameters) = (value.isEmpty ? type : value, parameters)
        case "content-disposition": dispositionParameters = parameters
        case "content-transfer-encoding": transferEncoding = value
        default: break
        }
    }

    /// A value in lower case and its parameters (RFC 2045 section 5.1); of two with one name the first counts.
    private static func parameters(_ text: Substring) -> (value: String, [String: String]) {
        var pieces: [String] = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
                continue
            } else if character == "\"" {
                isQuoted.toggle()
                continue
            } else if character == ";", !isQuoted {
                pieces.append("")
                continue
            }
            pieces[pieces.count - 1].append(character)
        }
        var parameters: [String: String] = [:]
        for piece in pieces.dropFirst() {
            guard let equals = piece.firstIndex(of: "=") else { continue }
            let name = trimmed(piece[..<equals]).lowercased()
            if parameters[name] == nil { parameters[name] = trimmed(piece[piece.index(after: equals)...]) }
        }
        return (trimmed(pieces[0][...]).lowercased(), parameters)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
