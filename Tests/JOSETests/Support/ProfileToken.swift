import FoundationEssentials
import JOSE

/// Tokens like those that IBM Cloud IAM gives for a trusted profile, at a fixed time.
enum ProfileToken {
    static let now: Double = 1_788_258_000
    static let issuer = "https://iam.cloud.ibm.com/identity"
    static let profileID = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
    static let accountID = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"

    private static let members: [String: String] = [
        "iam_id": #""iam-\#(profileID)""#,
        "identifier": #""\#(profileID)""#,
        "name": #""reports""#,
        "sub": #""\#(profileID)""#,
        "sub_type": #""Profile""#,
        "account": #"{"valid":true,"bss":"\#(accountID)","frozen":true}"#,
        "iat": "1788256800",
        "exp": "1788260400",
        "iss": #""\#(issuer)""#,
        "scope": #""ibm openid""#,
    ]

    /// The claims as JSON text; `changes` replaces members by JSON text, or removes those that are `nil`.
    static func claims(_ changes: [String: String?] = [:]) -> String {
        var members = members
        for (name, text) in changes { members[name] = text }
        let sorted = members.sorted { $0.key < $1.key }
        return "{" + sorted.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",") + "}"
    }

    /// Everything that a daemon expects of such a token.
    static func expectations() -> TokenExpectations {
        var expectations = TokenExpectations()
        expectations.issuer = issuer
        expectations.profile = .id(profileID)
        expectations.accountID = accountID
        return expectations
    }

    /// What a verifier says of `claims`, genuinely signed.
    static func rejection(
        _ claims: String,
        expecting expectations: TokenExpectations = .init(),
        at now: Double = now
    ) throws -> Rejection? {
        let key = try SharedKeys.key()
        return rejection(ofToken: try key.token(claims: claims), try SharedKeys.set(key), expectations, at: now)
    }

    /// What a verifier says of the text `token`, or `nil` when it accepts.
    static func rejection(
        ofToken token: String,
        _ keys: KeySet,
        _ expectations: TokenExpectations = .init(),
        at now: Double = now
    ) -> Rejection? {
        let verifier = TokenVerifier(expectations)
        let now = Date(timeIntervalSince1970: now)
        return switch verifier.verify(UnverifiedToken(compact: token), with: keys, now: now) {
        case .accept: nil
        case .reject(let rejection): rejection
        }
    }

    /// What a verifier that allows every algorithm says of the signature of `token`, or `nil` when it is valid.
    static func signatureRejection(_ token: String, _ keys: KeySet) -> Rejection? {
        var expectations = TokenExpectations()
        expectations.algorithms = Set(SignatureAlgorithm.allCases)
        return TokenVerifier(expectations).verifySignature(of: UnverifiedToken(compact: token), with: keys)
    }
}
