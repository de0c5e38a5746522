package import FoundationEssentials
package import JOSE
internal import MessageDigests

/// What the audit log says of a token: enough to find it again, nothing that could be used in its place.
package struct AuditedToken: Sendable, Equatable {
    /// `jti`, under which IBM Cloud's own logs know the token.
    package var tokenID: String?
    /// The first 16 hexadecimal digits of the SHA-256 of the compact token.
    package var fingerprint: String
    /// `exp`.
    package var expiresAt: Date

    package init(tokenID: String?, fingerprint: String, expiresAt: Date) {
        self.tokenID = tokenID
        self.fingerprint = fingerprint
        self.expiresAt = expiresAt
    }

    /// It costs a SHA-256 of the token: make it once for each token, not once for each hand-out.
    package init(_ token: VerifiedToken) {
        tokenID = token.claims.root["jti"]?.string
        // OpenSSL fails when its memory is exhausted. That must not lose the event, which has `jti` as well.
        let digest = try? SHA256.digest(of: token.compact.exposed.utf8)
        fingerprint = digest.map { String($0.hexadecimal.prefix(16)) } ?? "unknown"
        expiresAt = token.expiresAt
    }
}
