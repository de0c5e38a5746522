internal import JOSE
internal import MessageDigests

/// The first part of every path of a private endpoint: who does not know it gets nothing.
///
/// A loopback port can be reached by every process of the machine; 256 random bits cannot be guessed.
struct EndpointSecret: Sendable {
    /// Between the first two slashes.
    let text: Redacted<String>
    private let authenticator = MessageAuthenticator()
    private let code: [UInt8]

    init() throws(DigestError) {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let text = Base64URL.encode(bytes)
        self.text = Redacted(text)
        code = try authenticator.code(of: Array(text.utf8))
    }

    /// Whether it is `guess`; how long that takes tells nothing of where the two differ.
    func isEqual(to guess: Substring) -> Bool {
        // Without a code of the guess there is no comparison, and so no equality.
        (try? authenticator.verifies(code, of: Array(guess.utf8))) == true
    }
}
