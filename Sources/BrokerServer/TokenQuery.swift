internal import AccessPolicy

/// The parameters of `GET /v1/token`: `profile` and, if wanted, `min_ttl`, each once, in any order.
struct TokenQuery: Sendable, Equatable {
    let profile: ProfileName
    /// Seconds of life the caller wants at least.
    let minimumRemaining: Int

    /// A day: more than any token lives.
    private static let largestMinimum = 86_400

    init(parsing query: some StringProtocol) throws(TokenQueryError) {
        var profile: ProfileName?
        var minimum: Int?
        for parameter in query.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .init("parameter without a value; send profile=NAME") }
            switch parts[0] {
            case "profile":
                guard profile == nil else { throw .init("parameter 'profile' is there twice") }
                guard let name = ProfileName(String(parts[1])) else {
                    throw .init("parameter 'profile' must be the name of a profile: letters, digits, '.', '_' and '-'")
                }
                profile = name
            case "min_ttl":
                guard minimum == nil else { throw .init("parameter 'min_ttl' is there twice") }
                guard let seconds = Self.decimal(parts[1]), seconds <= Self.largestMinimum else {
                    throw .init("parameter 'min_ttl' must be whole seconds from 0 to \(Self.largestMinimum)")
                }
                minimum = seconds
            default:
                throw .init("unknown parameter; known are 'profile' and 'min_ttl'")
            }
        }
        guard let profile else { throw .init("parameter 'profile' is missing") }
        self.profile = profile
        minimumRemaining = minimum ?? 0
    }

    /// Digits only: `Int` would take a sign, too.
    private static func decimal(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}

/// What is wrong with the parameters, for the caller.
struct TokenQueryError: Error, Equatable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
