/// The parts of a sealed value: version, identifier of the key, nonce, encrypted bytes and authentication tag.
struct SealedBox {
    static let version: UInt8 = 1
    static let keyLength = 8
    /// 96 bits, the length for which GCM is made (NIST SP 800-38D, section 8.2).
    static let nonceLength = 12
    static let tagLength = 16
    /// Bytes that a box has beyond those of its value.
    static let overhead = 1 + keyLength + nonceLength + tagLength

    let key: ArraySlice<UInt8>
    let nonce: ArraySlice<UInt8>
    /// The encrypted bytes, and the tag behind them.
    let sealed: ArraySlice<UInt8>

    enum Failure: Error {
        case truncated
        case otherVersion(UInt8)
    }

    init(_ bytes: [UInt8]) throws(Failure) {
        guard let version = bytes.first else { throw .truncated }
        guard version == Self.version else { throw .otherVersion(version) }
        guard bytes.count >= Self.overhead else { throw .truncated }
        let rest = bytes.dropFirst()
        key = rest.prefix(Self.keyLength)
        nonce = rest.dropFirst(Self.keyLength).prefix(Self.nonceLength)
        sealed = rest.dropFirst(Self.keyLength + Self.nonceLength)
    }

    /// The bytes of a box.
    static func bytes(key: [UInt8], nonce: [UInt8], sealed: [UInt8]) -> [UInt8] { [version] + key + nonce + sealed }

    /// What is authenticated besides the value: what is before the nonce, which has a fixed length, and the context.
    static func authenticated(key: some Sequence<UInt8>, context: String) -> [UInt8] {
        [version] + Array(key) + Array(context.utf8)
    }
}
