internal import AccessPolicy

/// The parameters of `GET /v1/token` and `GET /v1/token/watch`: `profile` and, if wanted, a number, each once, in any order.
struct TokenQuery: Sendable, Equatable {
    let profile: ProfileName
    /// 0 when it is not there.
    let number: Int
    /// The number of `GET /v1/token`.
    var minimumRemaining: Int { number }

    /// What the number is called, and how large it may be.
    enum Number: String {
        /// Seconds of life that the caller wants at least; a day is more than any token lives.
        case minimumRemaining = "min_ttl"
        /// `exp` of the token that the caller has; the year 9999 at most.
        case after

        var largest: Int { self == .after ? 253_402_300_799 : 86_400 }
    }

    init(parsing query: some StringProtocol, number name: Number = .minimumRemaining) throws(TokenQueryError) {
        var profile: ProfileName?
        var number: Int?
        for parameter in query.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .init("parameter without a value; send profile=NAME") }
            switch String(parts[0]) {
            case "profile":
                guard profile == nil else { throw .init("parameter 'profile' is there twice") }
                guard let name = ProfileName(String(parts[1])) else {
                    throw .init("parameter 'profile' must be the name of a profile: letters, digits, '.', '_' and '-'")
                }
                profile = name
            case name.rawValue:
                guard number == nil else { throw .init("parameter '\(name.rawValue)' is there twice") }
                guard let seconds = Self.decimal(parts[1]), seconds <= name.largest else {
                    throw .init("parameter '\(name.rawValue)' must be whole seconds from 0 to \(name.largest)")
                }
                number = seconds
            default:
                throw .init("unknown parameter; known are 'profile' and '\(name.rawValue)'")
            }
        }
        guard let profile else { throw .init("parameter 'profile' is missing") }
        self.profile = profile
        self.number = number ?? 0
    }

    /// Digits only: `Int` would take a sign, too.
    private static func decimal(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
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
