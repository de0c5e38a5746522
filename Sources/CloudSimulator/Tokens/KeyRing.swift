internal import JOSE

/// Which key signs IAM tokens, and which keys the key set shows.
struct KeyRing: Sendable {
    let identity: SigningKey
    let foreign: SigningKey
    private(set) var signing: SigningKey
    /// Newest first.
    private(set) var published: [SigningKey]
    /// Hears of each token.
    private let note: @Sendable (IssuedSecret) -> Void

    /// A key set never grows beyond this: the oldest key leaves.
    private static let maximumCount = 16

    init(_ keys: SimulatorKeys, noting note: @escaping @Sendable (IssuedSecret) -> Void) {
        self.note = note
        identity = keys.identity
        foreign = keys.foreign
        signing = keys.iam
        published = [keys.iam]
    }

    /// Signs with `key` from now on.
    mutating func rotate(to key: SigningKey, keepingOld: Bool, publishing: Bool) {
        signing = key
        if !keepingOld { published = [] }
        if publishing { publish() }
    }

    /// Shows the signing key in the key set, if it is not there yet.
    mutating func publish() {
        guard !published.contains(where: { $0.id == signing.id }) else { return }
        published = Array(([signing] + published).prefix(Self.maximumCount))
    }

    /// Signs `claims` as IAM.
    func iamToken(_ claims: JSONOutput, faults: Set<TokenFault>) throws(CryptoError) -> String {
        try token(claims, key: signing, faults: faults)
    }

    /// Signs `claims` as the identity service of the instance.
    func identityToken(_ claims: JSONOutput, faults: Set<TokenFault>) throws(CryptoError) -> String {
        try token(claims, key: identity, faults: faults)
    }

    private func token(_ claims: JSONOutput, key: SigningKey, faults: Set<TokenFault>) throws(CryptoError) -> String {
        let token = try signed(claims, key: key, faults: faults)
        note(IssuedSecret(signatureOf: token))
        return token
    }

    private func signed(_ claims: JSONOutput, key: SigningKey, faults: Set<TokenFault>) throws(CryptoError) -> String {
        if faults.contains(.wrongKey) { return try foreign.token(claims: claims.text) }
        guard faults.contains(.wrongSignature) else { return try key.token(claims: claims.text) }
        let header: JSONOutput = ["kid": .string(key.id), "alg": .string(key.algorithm.rawValue)]
        return try foreign.token(claims: claims.text, header: header.text)
    }
}
