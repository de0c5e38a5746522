internal import FoundationEssentials
package import JOSE

/// An HMAC pair of a service credential: what S3 clients sign requests with.
package struct HMACPair: Sendable, Equatable {
    /// For people; requests do not carry it.
    package let name: String
    /// What a request names; no secret.
    package let accessKeyID: String
    package let secretAccessKey: Redacted<String>
    /// A pair that is not enabled opens nothing, as if it were not there.
    package var isEnabled = true
    /// When it was made; `nil` for a pair that is known everywhere from the start.
    private(set) var createdAt: Date?

    package init(name: String, accessKeyID: String, secretAccessKey: Redacted<String>) {
        self.name = name
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
    }

    /// A new pair of the form that IBM gives out: 32 and 48 hexadecimal digits.
    init(generatingNamed name: String, at now: Date) {
        self.init(
            name: name,
            accessKeyID: HexText.random(bytes: 16),
            secretAccessKey: Redacted(HexText.secret())
        )
        createdAt = now
    }
}
