import JOSE
import Testing

@Suite struct SignatureTests {
    @Test(arguments: SignatureAlgorithm.allCases)
    func whatAKeySignsItsPublicHalfAccepts(algorithm: SignatureAlgorithm) throws {
        let key = try SharedKeys.key(algorithm)
        let token = try key.token(claims: ProfileToken.claims())
        var expectations = ProfileToken.expectations()
        expectations.algorithms = [algorithm]
        #expect(ProfileToken.rejection(ofToken: token, try SharedKeys.set(key), expectations) == nil)
        let all = try KeySet(
            parsing:
                #"{"keys":[\#(try SignatureAlgorithm.allCases.map { try SharedKeys.key($0).publicJWK() }.joined(separator: ","))]}"#
        )
        #expect(all.count == SignatureAlgorithm.allCases.count)
        #expect(ProfileToken.rejection(ofToken: token, all, expectations) == nil)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func anotherKeyOfTheSameKindDoesNotAccept(algorithm: SignatureAlgorithm) throws {
        let key = try SharedKeys.key(algorithm)
        let other = try SharedKeys.otherKey(algorithm)
        let token = try key.token(claims: ProfileToken.claims())
        let imposter = try SharedKeys.set(other) { $0.replacing(other.id, with: key.id) }
        #expect(ProfileToken.signatureRejection(token, imposter) == .signatureInvalid)
    }

    @Test(arguments: SignatureAlgorithm.allCases, SignatureAlgorithm.allCases)
    func aKeyBoundToOneAlgorithmFitsNoOther(signed: SignatureAlgorithm, bound: SignatureAlgorithm) throws {
        let key = try SharedKeys.key(signed)
        let other = try SharedKeys.key(bound)
        let token = try key.token(claims: "{}")
        let keys = try SharedKeys.set(other) { $0.replacing(other.id, with: key.id) }
        #expect(ProfileToken.signatureRejection(token, keys) == (signed == bound ? nil : .keyDoesNotFit))
    }

    /// The header may name any algorithm that the key's type allows; the signature then has to be of that one.
    @Test(arguments: SignatureAlgorithm.allCases, SignatureAlgorithm.allCases)
    func aSignatureIsOfOneAlgorithmOnly(signed: SignatureAlgorithm, named: SignatureAlgorithm) throws {
        let key = try SharedKeys.key(signed)
        let header = #"{"alg":"\#(named.rawValue)"}"#
        let keys = try SharedKeys.set(key) { $0.replacing(#","alg":"\#(signed.rawValue)""#, with: "") }
        let rejection = ProfileToken.signatureRejection(try key.token(claims: "{}", header: header), keys)
        if signed == named {
            #expect(rejection == nil)
        } else {
            #expect(rejection == (signed.isRSA && named.isRSA ? .signatureInvalid : .keyDoesNotFit))
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases, [-64, -2, -1, 1, 2, 64])
    func aSignatureOfAnotherLengthIsInvalid(algorithm: SignatureAlgorithm, change: Int) throws {
        let token = try SharedKeys.key(algorithm).token(claims: "{}")
        let keys = try SharedKeys.set(SharedKeys.key(algorithm))
        let signature = try #require(token.signature)
        let zeroes = [UInt8](repeating: 0, count: max(0, change))
        let atEnd = change < 0 ? Array(signature.dropLast(-change)) : signature + zeroes
        let atStart = change < 0 ? Array(signature.dropFirst(-change)) : zeroes + signature
        #expect(ProfileToken.signatureRejection(token.replacingSignature(atEnd), keys) == .signatureInvalid)
        #expect(ProfileToken.signatureRejection(token.replacingSignature(atStart), keys) == .signatureInvalid)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func signaturesWithoutContentAreInvalid(algorithm: SignatureAlgorithm) throws {
        let token = try SharedKeys.key(algorithm).token(claims: "{}")
        let keys = try SharedKeys.set(SharedKeys.key(algorithm))
        let length = try #require(token.signature).count
        for signature in [[], [0], Array(repeating: 0, count: length), Array(repeating: 0xFF, count: length)]
            as [[UInt8]]
        {
            #expect(ProfileToken.signatureRejection(token.replacingSignature(signature), keys) == .signatureInvalid)
        }
    }

    /// RFC 8017 section 8.1.2, step 1: a signature is exactly as long as the modulus, also when it starts with a zero.
    @Test(arguments: [SignatureAlgorithm.rs256, .ps256])
    func anRSASignatureWithoutItsLeadingZeroIsInvalid(algorithm: SignatureAlgorithm) throws {
        let key = try SharedKeys.key(algorithm)
        let keys = try SharedKeys.set(key)
        var found: (token: String, signature: [UInt8])?
        // One signature in 256 starts with a zero: 5,000 tries fail to meet one once in 300 million runs.
        for number in 0..<5_000 where found == nil {
            let token = try key.token(claims: #"{"n":\#(number)}"#)
            if let signature = token.signature, signature.first == 0 { found = (token, signature) }
        }
        let (token, signature) = try #require(found)
        #expect(ProfileToken.signatureRejection(token, keys) == nil)
        let shortened = token.replacingSignature(Array(signature.dropFirst()))
        #expect(ProfileToken.signatureRejection(shortened, keys) == .signatureInvalid)
    }

    /// r and s must lie between 1 and the order of the group (FIPS 186-5 section 6.4.2).
    @Test(arguments: [SignatureAlgorithm.es256, .es384, .es512])
    func anECDSASignatureWithAZeroHalfIsInvalid(algorithm: SignatureAlgorithm) throws {
        let token = try SharedKeys.key(algorithm).token(claims: "{}")
        let keys = try SharedKeys.set(SharedKeys.key(algorithm))
        let signature = try #require(token.signature)
        let (r, s) = (Array(signature.prefix(signature.count / 2)), Array(signature.suffix(signature.count / 2)))
        let zero = [UInt8](repeating: 0, count: r.count)
        for halves in [zero + s, r + zero, s + r] {
            #expect(ProfileToken.signatureRejection(token.replacingSignature(halves), keys) == .signatureInvalid)
        }
    }

    /// An ES256 signature in DER, as OpenSSL writes it, is not one of JSON Web Signature.
    @Test func aSignatureInDERIsInvalid() throws {
        let token = try SharedKeys.key(.es256).token(claims: "{}")
        let keys = try SharedKeys.set(SharedKeys.key(.es256))
        let signature = try #require(token.signature)
        func integer(_ half: ArraySlice<UInt8>) -> [UInt8] {
            let digits = Array(half.drop { $0 == 0 })
            let padded = digits.first.map { $0 >= 0x80 } ?? true ? [0] + digits : digits
            return [0x02, UInt8(padded.count)] + padded
        }
        let body = integer(signature[..<32]) + integer(signature[32...])
        let der = [0x30, UInt8(body.count)] + body
        #expect(ProfileToken.signatureRejection(token.replacingSignature(der), keys) == .signatureInvalid)
    }
}

extension SignatureAlgorithm {
    fileprivate var isRSA: Bool { rawValue.hasPrefix("RS") || rawValue.hasPrefix("PS") }
}

extension String {
    /// The third part of a token, decoded.
    fileprivate var signature: [UInt8]? { split(separator: ".").last.flatMap { Base64URL.decode(String($0)) } }

    fileprivate func replacingSignature(_ bytes: [UInt8]) -> String {
        split(separator: ".").dropLast().joined(separator: ".") + "." + Base64URL.encode(bytes)
    }
}
