internal import Crypto
internal import FoundationEssentials

/// What can be told of a secret that the simulator gave out, without telling it.
///
/// Whoever looks through files for leaks can recognise a secret by it, and nobody can make the secret from it.
package struct IssuedSecret: Sendable {
    /// Characters of the secret.
    package let length: Int
    /// SHA-256 of the secret, in hexadecimal digits.
    package let digest: String

    init(_ secret: some StringProtocol) {
        length = secret.utf8.count
        digest = HexText.encode(SHA256.hash(data: Array(secret.utf8)))
    }

    /// Of a token: its signature alone, which is what is secret in it however the rest was cut off.
    init(signatureOf token: String) {
        self.init(token.split(separator: ".").last ?? "")
    }
}
