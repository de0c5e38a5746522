/// The query of a call to the metadata service: a version date, and what else the method knows (reference: IBM API, section 1).
struct VersionQuery: Sendable {
    private static let earliest = "2022-03-01"
    /// From this date on the `/instance_identity` paths do not exist.
    private static let identityFamilyOnly = "2025-08-26"
    private static let alwaysKnown: Set<Substring> = ["version", "maturity", "generation"]

    let version: String
    /// What the method knows beside the version, by name.
    let others: [String: String]

    /// Reads a query; each parameter may be there once.
    init(_ query: String, knowing names: Set<Substring> = []) throws(MetadataError) {
        var values: [Substring: Substring] = [:]
        for parameter in query.split(separator: "&", omittingEmptySubsequences: true) {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0]
            guard Self.alwaysKnown.contains(name) || names.contains(name) else {
                let target = MetadataError.Target(name: Self.shown(name), type: .parameter)
                throw .invalid("unknown_field", "the query parameter is not known", target)
            }
            guard values.updateValue(parts.count > 1 ? parts[1] : "", forKey: name) == nil else {
                let target = MetadataError.Target(name: String(name), type: .parameter)
                throw .invalid("invalid_value", "the query parameter is there twice", target)
            }
        }
        version = try Self.date(values["version"])
        others = Dictionary(
            uniqueKeysWithValues: values.compactMap {
                names.contains($0.key) ? (String($0.key), String($0.value)) : nil
            }
        )
    }

    private static func date(_ version: Substring?) throws(MetadataError) -> String {
        var target = MetadataError.Target(name: "version", type: .parameter)
        guard let version else {
            throw .invalid("missing_field", "the version query parameter is required, such as 2025-08-26", target)
        }
        guard !version.isEmpty else {
            throw .invalid("missing_value", "the version query parameter is empty", target)
        }
        guard isDate(version) else {
            target.value = shown(version)
            throw .invalid("invalid_value", "the version must be a date of the form YYYY-MM-DD", target)
        }
        guard version >= earliest else {
            // As seen on the wire: the date itself is the target (same reference, section 2.4).
            target = .init(name: String(version), type: .parameter)
            throw .invalid("invalid_version_range", "the version must be \(earliest) or later", target)
        }
        return String(version)
    }

    /// Refuses the older path family for dates that no longer have it, and names the path that has taken its place.
    func check(_ family: EmulationPath.Family, successor: String) throws(MetadataError) {
        guard family == .identity || version < Self.identityFamilyOnly else {
            throw .notFound("from version \(Self.identityFamilyOnly) on this path is \(successor)")
        }
    }

    /// Whether `text` matches `^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`.
    private static func isDate(_ text: Substring) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }

    /// What a caller sent, short enough to be sent back.
    private static func shown(_ text: Substring) -> String { String(text.prefix(40)) }
}
