extension CertificateSubject {
    /// Reads `C=DE,O=Example`.
    ///
    /// A comma in a value is written `\,` and a backslash `\\`. Spaces around names and values do not count.
    package init(_ text: String) throws(CertificateError) {
        var values: [SubjectAttribute: String] = [:]
        for part in try Self.parts(of: text) {
            guard let sign = part.firstIndex(of: "=") else {
                throw CertificateError(.invalidSubject, "a subject is written like C=DE,O=Example")
            }
            let attribute = try Self.attribute(named: Self.trimmed(part[..<sign]))
            guard values[attribute] == nil else {
                throw CertificateError(.invalidSubject, "\(attribute.rawValue) stands in the subject twice")
            }
            values[attribute] = Self.trimmed(part[part.index(after: sign)...])
        }
        try self.init(values)
    }

    private static func attribute(named name: String) throws(CertificateError) -> SubjectAttribute {
        let upper = name.uppercased()
        if let attribute = SubjectAttribute(rawValue: upper) { return attribute }
        guard upper != "CN" else {
            throw CertificateError(
                .invalidSubject,
                "CN cannot be asked for: the metadata service puts the instance's ID there"
            )
        }
        throw CertificateError(.invalidSubject, "a subject has C, ST, L, O and OU, and nothing else")
    }

    /// What stands between the commas, with the escapes replaced.
    private static func parts(of text: String) throws(CertificateError) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if isEscaped {
                parts[parts.endIndex - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                parts.append("")
            } else {
                parts[parts.endIndex - 1].append(character)
            }
        }
        guard !isEscaped else { throw CertificateError(.invalidSubject, "the subject ends with a backslash") }
        return parts
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
