internal import COpenSSL
package import JOSE
package import KeyRotation

/// Seals values with AES-256-GCM, each under a nonce of its own that is drawn at random.
///
/// Random nonces of 96 bits are good for 2³² boxes of one key (NIST SP 800-38D, section 8.3); a rotation needs one.
package struct AESSealer: ValueSealer {
    /// Bytes of the longest value; those of keys have a few hundred.
    package static let longestValue = 16 * 1_024 * 1_024

    private let key: SealingKey
    private let identifier: [UInt8]

    /// A sealer with this key.
    package init(_ key: SealingKey) throws(SealError) {
        self.key = key
        identifier = try key.identifier()
    }

    package func seal(_ value: Redacted<[UInt8]>, for context: String) throws(SealError) -> [UInt8] {
        guard value.exposed.count <= Self.longestValue else {
            throw SealError("a value of \(value.exposed.count) bytes is too long to be sealed")
        }
        var nonce = [UInt8](repeating: 0, count: SealedBox.nonceLength)
        guard RAND_bytes(&nonce, CInt(nonce.count)) == 1 else {
            ERR_clear_error()
            throw .noRandomness
        }
        do {
            let sealed = try AESGCM.encrypt(
                value.exposed,
                key: key,
                nonce: nonce,
                authenticated: SealedBox.authenticated(key: identifier, context: context)
            )
            return SealedBox.bytes(key: identifier, nonce: nonce, sealed: sealed)
        } catch {
            throw .noOpenSSL
        }
    }

    package func open(_ box: [UInt8], for context: String) throws(SealError) -> Redacted<[UInt8]> {
        let parts = try parts(of: box)
        guard parts.key == identifier[...] else {
            throw SealError(
                "the sealed value is of another sealing key than the one that is here; put back the key file of the time "
                    + "when it was sealed"
            )
        }
        let value: [UInt8]?
        do {
            value = try AESGCM.decrypt(
                Array(parts.sealed),
                key: key,
                nonce: Array(parts.nonce),
                authenticated: SealedBox.authenticated(key: parts.key, context: context)
            )
        } catch {
            throw .noOpenSSL
        }
        guard let value else {
            throw SealError("the sealed value was changed, or was sealed for something other than \(context)")
        }
        return Redacted(value)
    }

    private func parts(of box: [UInt8]) throws(SealError) -> SealedBox {
        do throws(SealedBox.Failure) {
            return try SealedBox(box)
        } catch {
            switch error {
            case .truncated: throw SealError("the sealed value is cut off: it has \(box.count) bytes")
            case .otherVersion(let version):
                throw SealError(
                    "the sealed value has version \(version), of which this broker knows nothing: it was changed, or a newer one "
                        + "wrote it"
                )
            }
        }
    }
}

extension SealError {
    static let noOpenSSL = SealError("OpenSSL cannot encrypt or decrypt with AES-256-GCM, perhaps for want of memory")
}
