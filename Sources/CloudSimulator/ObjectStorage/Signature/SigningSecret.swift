internal import Crypto
internal import FoundationEssentials
internal import JOSE

/// The key of one pair for one scope, and what is signed with it.
struct SigningSecret {
    private let key: SymmetricKey
    private let time: AmazonTime
    private let scope: [String]

    /// Derives the key that the signatures of `claim` were made with, if `pair` made them.
    init(_ pair: HMACPair, _ claim: SignatureClaim) {
        var key = SymmetricKey(data: Array("AWS4\(pair.secretAccessKey.exposed)".utf8))
        for step in claim.scope {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(step.utf8), using: key))
        }
        self.key = key
        (time, scope) = (claim.time, claim.scope)
    }

    /// Whether `signature` is that of `lines` below `title`; takes the same time wherever it differs.
    func made(_ signature: [UInt8], of title: String, _ lines: [String]) -> Bool {
        let text = ([title, time.text, scope.joined(separator: "/")] + lines).joined(separator: "\n")
        return HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: Array(text.utf8), using: key)
    }

    /// SHA-256 in hexadecimal digits, as strings to sign have it.
    static func digest(_ bytes: some Sequence<UInt8>) -> String { HexText.encode(SHA256.hash(data: Array(bytes))) }
}
