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

    package init(name: String, accessKeyID: String, secretAccessKey: Redacted<String>) {
        self.name = name
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
    }

    /// A new pair of the form that IBM gives out: 32 and 48 hexadecimal digits.
    init(generatingNamed name: String) {
        self.init(
            name: name,
            accessKeyID: Self.hexadecimal(bytes: 16),
            secretAccessKey: Redacted(Self.hexadecimal(bytes: 24))
        )
    }

    /// From the system's generator, which is one for cryptography on Linux.
    private static func hexadecimal(bytes count: Int) -> String {
        HexText.encode((0..<count).map { _ in UInt8.random(in: .min ... .max) })
    }
}
