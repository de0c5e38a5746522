internal import COpenSSL

extension PublicKey {
    /// An RSA key of 2,048 to 16,384 bits with an odd exponent of at least 3, or `nil`.
    static func rsa(modulus: [UInt8], exponent: [UInt8]) -> PublicKey? {
        let modulus = modulus.drop { $0 == 0 }
        let exponent = exponent.drop { $0 == 0 }
        guard let top = modulus.first, let last = modulus.last, let lowest = exponent.last else { return nil }
        let bits = modulus.count * 8 - top.leadingZeroBitCount
        // Wider exponents than 64 bits serve nobody but who wants verification to be slow.
        guard (2_048...16_384).contains(bits), last & 1 == 1, lowest & 1 == 1, exponent.count <= 8,
            exponent.count > 1 || lowest >= 3
        else { return nil }
        return imported(as: .rsa, "RSA") { builder in
            guard let n = bigNumber(modulus), let e = bigNumber(exponent) else { return [] }
            let isPushed =
                OSSL_PARAM_BLD_push_BN(builder, COpenSSL_name_rsa_n(), n) == 1
                && OSSL_PARAM_BLD_push_BN(builder, COpenSSL_name_rsa_e(), e) == 1
            return isPushed ? [n, e] : []
        }
    }

    /// A point on `curve` given by coordinates of full length, or `nil` when it is not on the curve.
    static func ec(_ curve: Curve, x: [UInt8], y: [UInt8]) -> PublicKey? {
        guard x.count == curve.size, y.count == curve.size else { return nil }
        let point = [0x04] + x + y
        // The builder keeps both pointers until it is done.
        return point.withUnsafeBufferPointer { point in
            curve.rawValue.withCString { name in
                imported(as: .ec(curve), "EC") { builder in
                    let isPushed =
                        OSSL_PARAM_BLD_push_utf8_string(builder, COpenSSL_name_group(), name, 0) == 1
                        && OSSL_PARAM_BLD_push_octet_string(
                            builder,
                            COpenSSL_name_public_key(),
                            point.baseAddress,
                            point.count
                        ) == 1
                    // Nothing that has to outlive the builder; an empty list would mean failure.
                    return isPushed ? [nil] : []
                }
            }
        }
    }

    /// An Ed25519 key (RFC 8037), or `nil` when it is not 32 bytes long.
    static func ed25519(_ bytes: [UInt8]) -> PublicKey? {
        guard bytes.count == 32, let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count) else {
            ERR_clear_error()
            return nil
        }
        return PublicKey(owning: key, type: .ed25519)
    }

    private static func bigNumber(_ bytes: ArraySlice<UInt8>) -> OpaquePointer? {
        bytes.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, Int32($0.count), nil) }
    }

    /// Builds parameters with `push`, which returns the numbers to free afterwards and an empty list on failure.
    private static func imported(
        as type: KeyType,
        _ name: String,
        push: (OpaquePointer) -> [OpaquePointer?]
    ) -> PublicKey? {
        defer { ERR_clear_error() }
        guard let builder = OSSL_PARAM_BLD_new() else { return nil }
        defer { OSSL_PARAM_BLD_free(builder) }
        let numbers = push(builder)
        defer { for number in numbers { BN_free(number) } }
        guard !numbers.isEmpty, let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, COpenSSL_public_key_selection(), parameters) == 1, let key
        else { return nil }
        guard type == .rsa || isOnCurve(key) else {
            EVP_PKEY_free(key)
            return nil
        }
        return PublicKey(owning: key, type: type)
    }

    private static func isOnCurve(_ key: OpaquePointer) -> Bool {
        guard let context = EVP_PKEY_CTX_new(key, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        return EVP_PKEY_public_check(context) == 1
    }
}
