internal import COpenSSL

/// The two spellings of an ECDSA signature: r and s side by side (RFC 7518 section 3.4), and DER as OpenSSL wants it.
enum ECDSASignature {
    /// The DER form of a raw signature, or `nil` when its length is not exactly that of the curve.
    static func der(_ raw: UnsafeBufferPointer<UInt8>, _ curve: Curve) -> [UInt8]? {
        guard raw.count == 2 * curve.size, let base = raw.baseAddress, let signature = ECDSA_SIG_new() else {
            return nil
        }
        defer { ECDSA_SIG_free(signature) }
        let r = BN_bin2bn(base, Int32(curve.size), nil)
        let s = BN_bin2bn(base + curve.size, Int32(curve.size), nil)
        // On success the signature owns both numbers.
        guard r != nil, s != nil, ECDSA_SIG_set0(signature, r, s) == 1 else {
            BN_free(r)
            BN_free(s)
            return nil
        }
        var encoded: UnsafeMutablePointer<UInt8>?
        let length = i2d_ECDSA_SIG(signature, &encoded)
        guard length > 0, let encoded else { return nil }
        defer { CRYPTO_free(encoded, nil, 0) }
        return Array(UnsafeBufferPointer(start: encoded, count: Int(length)))
    }

    /// The raw form of a DER signature.
    static func raw(_ der: [UInt8], _ curve: Curve) -> [UInt8]? {
        der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            guard let signature = d2i_ECDSA_SIG(nil, &position, buffer.count) else { return nil }
            defer { ECDSA_SIG_free(signature) }
            var raw = [UInt8](repeating: 0, count: 2 * curve.size)
            let size = Int32(curve.size)
            let isWritten = raw.withUnsafeMutableBufferPointer { output -> Bool in
                guard let base = output.baseAddress else { return false }
                return BN_bn2binpad(ECDSA_SIG_get0_r(signature), base, size) == size
                    && BN_bn2binpad(ECDSA_SIG_get0_s(signature), base + curve.size, size) == size
            }
            return isWritten ? raw : nil
        }
    }
}
