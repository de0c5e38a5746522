internal import FoundationEssentials
internal import JOSE
internal import TokenBroker

// On the wire the members of these documents are in snake case.

/// The answer of the two token calls of the metadata service (reference: IBM API, sections 1.4 and 2.2).
struct TokenDocument: Encodable {
    let accessToken: String
    let createdAt: String
    let expiresAt: String
    let expiresIn: Int
    var nonce: String?

    /// A session token.
    init(_ token: String, from start: Date, to end: Date, nonce: String?) {
        accessToken = token
        createdAt = start.formatted(.iso8601)
        expiresAt = end.formatted(.iso8601)
        expiresIn = Int(end.timeIntervalSince(start).rounded())
        self.nonce = nonce
    }

    /// An IAM token, with the life that remains: clients reckon from when they got it (same reference, section 0.4 rule 2).
    init(_ released: ReleasedToken, now: Date) {
        // The token leaves the daemon here.
        accessToken = released.cached.token.compact.exposed
        createdAt = now.formatted(.iso8601)
        expiresAt = released.cached.token.expiresAt.formatted(.iso8601)
        expiresIn = released.expiresIn
    }
}

/// The answer of `POST /identity/token` (reference: IBM API, section 3.4).
///
/// Without a refresh token: the Python SDK of Object Storage replays whatever it gets there.
struct IAMTokenDocument: Encodable {
    let accessToken: String
    let tokenType = "Bearer"
    let expiresIn: Int
    let expiration: Int
    let scope = "ibm openid"

    init(_ released: ReleasedToken) {
        // The token leaves the daemon here.
        accessToken = released.cached.token.compact.exposed
        expiresIn = released.expiresIn
        expiration = released.expiresAt
    }
}

/// What the broker plays of IAM, as OpenID Connect Discovery 1.0 tells it.
struct DiscoveryDocument: Encodable {
    let issuer: String
    let tokenEndpoint: String
    let jwksUri: String
    let grantTypesSupported = [
        "urn:ibm:params:oauth:grant-type:cr-token", "urn:ibm:params:oauth:grant-type:apikey",
    ]
    let idTokenSigningAlgValuesSupported = ["RS256"]

    init(issuer: String, base: String) {
        self.issuer = issuer
        tokenEndpoint = base + "/identity/token"
        jwksUri = base + "/identity/keys"
    }
}
