internal import FoundationEssentials
internal import JOSE
internal import TokenBroker

// The members of these documents are called as they are on the wire.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// The answer of the two token calls of the metadata service (reference: IBM API, sections 1.4 and 2.2).
struct TokenDocument: Encodable {
    let access_token: String
    let created_at: String
    let expires_at: String
    let expires_in: Int
    var nonce: String?

    /// A session token.
    init(_ token: String, from start: Date, to end: Date, nonce: String?) {
        access_token = token
        created_at = start.formatted(.iso8601)
        expires_at = end.formatted(.iso8601)
        expires_in = Int(end.timeIntervalSince(start).rounded())
        self.nonce = nonce
    }

    /// An IAM token, with the life that remains: clients reckon from when they got it (same reference, section 0.4 rule 2).
    init(_ released: ReleasedToken, now: Date) {
        // The token leaves the daemon here.
        access_token = released.cached.token.compact.exposed
        created_at = now.formatted(.iso8601)
        expires_at = released.cached.token.expiresAt.formatted(.iso8601)
        expires_in = released.expiresIn
    }
}

/// The answer of `POST /identity/token` (reference: IBM API, section 3.4).
///
/// Without a refresh token: the Python SDK of Object Storage replays whatever it gets there.
struct IAMTokenDocument: Encodable {
    let access_token: String
    let token_type = "Bearer"
    let expires_in: Int
    let expiration: Int
    let scope = "ibm openid"

    init(_ released: ReleasedToken) {
        // The token leaves the daemon here.
        access_token = released.cached.token.compact.exposed
        expires_in = released.expiresIn
        expiration = released.expiresAt
    }
}

/// What the broker plays of IAM, as OpenID Connect Discovery 1.0 tells it.
struct DiscoveryDocument: Encodable {
    let issuer: String
    let token_endpoint: String
    let jwks_uri: String
    let grant_types_supported = [
        "urn:ibm:params:oauth:grant-type:cr-token", "urn:ibm:params:oauth:grant-type:apikey",
    ]
    let id_token_signing_alg_values_supported = ["RS256"]

    init(issuer: String, base: String) {
        self.issuer = issuer
        token_endpoint = base + "/identity/token"
        jwks_uri = base + "/identity/keys"
    }
}
