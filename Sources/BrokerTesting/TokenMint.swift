package import FoundationEssentials
package import JOSE

/// Mints IAM tokens of trusted profiles, shaped like IBM's (reference: IBM API, section 5.2), with keys of its own.
package struct TokenMint: Sendable {
    package let key: SigningKey
    package var issuer = "https://iam.cloud.ibm.com/identity"
    package var accountID = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"
    package var profileID = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
    package var lifetime: TimeInterval = 3_600

    /// A key that every test may share: generating one takes a tenth of a second.
    package static let sharedKey = Result { try SigningKey(id: "202608310826") }

    package init(key: SigningKey) {
        self.key = key
    }

    package init() throws {
        key = try Self.sharedKey.get()
    }

    /// A token issued at `issuedAt`.
    package func token(issuedAt: Date, name: String = "reports") throws(CryptoError) -> UnverifiedToken {
        let issued = Int(issuedAt.timeIntervalSince1970)
        let claims = """
            {"iam_id":"iam-\(profileID)","id":"iam-\(profileID)","realmid":"iam","identifier":"\(profileID)",\
            "jti":"7d6e5f4a-3b2c-4d1e-8f0a-9b8c7d6e5f4a","name":"\(name)","sub":"\(profileID)","sub_type":"Profile",\
            "account":{"boundary":"global","valid":true,"bss":"\(accountID)"},"iat":\(issued),\
            "exp":\(issued + Int(lifetime)),"iss":"\(issuer)",\
            "grant_type":"urn:ibm:params:oauth:grant-type:cr-token","scope":"ibm openid","client_id":"default"}
            """
        return UnverifiedToken(compact: try key.token(claims: claims))
    }

    /// The key set with this mint's key and those of `others`.
    package func keySet(with others: [SigningKey] = []) throws -> KeySet {
        let keys = try ([key] + others).map { try $0.publicJWK() }
        return try KeySet(parsing: #"{"keys":[\#(keys.joined(separator: ","))]}"#)
    }
}
