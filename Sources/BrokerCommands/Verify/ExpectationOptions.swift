internal import ArgumentParser
internal import FoundationEssentials
internal import JOSE

/// The options that say what a token must say.
struct ExpectationOptions: ParsableArguments {
    @Option(help: "The issuer (iss) the token must have.")
    var issuer: String?

    @Option(help: "An audience (aud) the token must have.")
    var audience: String?

    @Option(help: ArgumentHelp("Verify as of this time, in seconds since 1970, and not now.", valueName: "epoch"))
    var at: Double?

    @Option(help: ArgumentHelp("How many seconds the clocks may be apart, 0 to 86400.", valueName: "s"))
    var leeway: Double?

    @Option(help: "An algorithm that is allowed; may be repeated. (default: RS256)", transform: Self.algorithm)
    var algorithm: [SignatureAlgorithm] = []

    @Option(help: "The ID of the trusted profile the token must be for.")
    var profileID: String?

    @Option(help: "The ID of the account (account.bss) the token must be of.")
    var accountID: String?

    func validate() throws {
        if let at, !at.isFinite { throw ValidationError("--at must be a number of seconds") }
        if let leeway, !VerificationCase.leewayRange.contains(leeway) {
            throw ValidationError("--leeway must be 0 to 86400 seconds")
        }
    }

    /// Nothing is expected.
    var isEmpty: Bool {
        issuer == nil && audience == nil && at == nil && leeway == nil && algorithm.isEmpty && profileID == nil
            && accountID == nil
    }

    /// When to verify, when not now.
    var instant: Date? { at.map { Date(timeIntervalSince1970: $0) } }

    var expectations: TokenExpectations {
        var expectations = TokenExpectations()
        if !algorithm.isEmpty { expectations.algorithms = Set(algorithm) }
        expectations.issuer = issuer
        expectations.audience = audience
        expectations.profile = profileID.map(ExpectedProfile.id)
        expectations.accountID = accountID
        expectations.leeway = leeway ?? 0
        return expectations
    }

    private static func algorithm(_ name: String) throws -> SignatureAlgorithm {
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            let names = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("the algorithm must be one of \(names)")
        }
        return algorithm
    }
}
