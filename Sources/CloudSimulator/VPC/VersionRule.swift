/// The rules for the `version` query parameter, which every method of the VPC APIs demands.
struct VersionRule {
    /// From this date on the `/instance_identity` paths do not exist.
    private static let identityFamilyOnly = "2025-08-26"
    private static let alwaysKnown: Set = ["version", "maturity", "generation"]

    /// The date that was asked for; dates of this form sort as text.
    let version: String

    /// Checks the query of a method that knows the parameters `names` besides those that all methods know.
    ///
    /// `earliest` is the first date of the API.
    init(
        _ query: [FormField],
        knowing names: Set<String> = [],
        from earliest: String = "2022-03-01"
    ) throws(VPCError) {
        guard let version = query["version"] else {
            throw .invalid("missing_field", "the version query parameter is required", Self.target)
        }
        guard !version.isEmpty else {
            throw .invalid("missing_value", "the version query parameter is empty", Self.target)
        }
        guard Self.isDate(version) else {
            var target = Self.target
            target.value = version
            throw .invalid("invalid_value", "the version must be a date of the form YYYY-MM-DD", target)
        }
        guard version >= earliest else {
            var error = VPCError.invalid("invalid_version_range", "the version date is too early")
            error.target = VPCError.Target(name: version, type: .parameter)
            error.statesStatus = false
            throw error
        }
        if let unknown = query.first(where: { !Self.alwaysKnown.union(names).contains($0.name) }) {
            let target = VPCError.Target(name: unknown.name, type: .parameter)
            throw .invalid("unknown_field", "the query parameter is not known", target)
        }
        self.version = version
    }

    /// Refuses the older path family for dates that no longer have it.
    func check(_ family: Route.PathFamily) throws(VPCError) {
        guard family == .identity || version < Self.identityFamilyOnly else { throw .notFound }
    }

    private static let target = VPCError.Target(name: "version", type: .parameter)

    /// Whether `text` matches `^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`.
    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }
}
