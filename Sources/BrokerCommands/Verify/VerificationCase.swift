internal import FoundationEssentials
internal import JOSE

/// One line of `verify --batch`: a token, a key set, and what is expected.
///
/// A member that is absent expects nothing; `at` is then the present, `leeway` nothing and `algorithms` RS256 alone.
/// Members with other names are ignored. A member of the wrong type, `null` included, makes the line no case.
struct VerificationCase {
    var token: UnverifiedToken
    var keySet: KeySetText
    /// Only the signature is checked.
    var signatureOnly: Bool
    var expectations: TokenExpectations
    /// When to verify, when not now.
    var instant: Date?

    /// The text of a key set: what stood in a string, or an object as it stood in the line.
    typealias KeySetText = String

    /// The largest tolerance between clocks that is taken seriously, in seconds: a day.
    static let leewayRange: ClosedRange<Double> = 0...86_400

    /// Reads the members of a line, or returns `nil` when it is not a case.
    init?(_ line: JSONValue) {
        guard let token = line["token"]?.string, let keys = line["jwks"],
            let keySet = keys.string ?? (keys.isObject ? keys.text : nil)
        else { return nil }
        self.token = UnverifiedToken(compact: token)
        self.keySet = keySet
        do {
            expectations = try Self.expectations(line)
            signatureOnly = try Self.member(line["signature_only"], \.bool) ?? false
            instant = try Self.member(line["at"], \.number).map { Date(timeIntervalSince1970: $0) }
        } catch {
            return nil
        }
    }

    private static func expectations(_ line: JSONValue) throws(WrongType) -> TokenExpectations {
        var expectations = TokenExpectations()
        expectations.issuer = try member(line["issuer"], \.string)
        expectations.audience = try member(line["audience"], \.string)
        expectations.profile = try member(line["profile_id"], \.string).map(ExpectedProfile.id)
        expectations.accountID = try member(line["account_id"], \.string)
        expectations.leeway = try member(line["leeway"], \.number) ?? 0
        guard leewayRange.contains(expectations.leeway) else { throw WrongType() }
        if let names = try member(line["algorithms"], \.array) {
            var algorithms: Set<SignatureAlgorithm> = []
            for name in names {
                guard let name = name.string else { throw WrongType() }
                // A name that is not known here is one that no token can have.
                if let algorithm = SignatureAlgorithm(rawValue: name) { algorithms.insert(algorithm) }
            }
            expectations.algorithms = algorithms
        }
        return expectations
    }

    /// The member's value, or `nil` when there is no such member.
    private static func member<Value>(
        _ value: JSONValue?,
        _ read: (JSONValue) -> Value?
    ) throws(WrongType) -> Value? {
        guard let value else { return nil }
        guard let member = read(value) else { throw WrongType() }
        return member
    }

    private struct WrongType: Error {}
}
