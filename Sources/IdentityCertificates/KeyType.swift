/// The kinds of key pair that an identity certificate may be asked for.
package enum KeyType: String, Sendable, CaseIterable {
    /// RSA, 4,096 bits: what IBM's examples use (reference section 7).
    case rsa4096
    /// RSA, 2,048 bits.
    case rsa2048
    /// ECDSA on NIST's curve P-256.
    case p256
}
