import JOSE
import Testing

@Suite struct KeySetTests {
    private static func set(_ entries: String...) throws -> KeySet {
        try KeySet(parsing: #"{"keys":[\#(entries.joined(separator: ","))]}"#)
    }

    private static func error(_ text: String) -> KeySetError? {
        do throws(KeySetError) {
            _ = try KeySet(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    /// An RSA key that nobody can sign with: its modulus merely has `bits` bits.
    private static func rsaJWK(bits: Int, exponent: [UInt8] = [1, 0, 1], isEven: Bool = false) -> String {
        var modulus = [UInt8](repeating: 0x5A, count: (bits + 7) / 8)
        modulus[0] = 1 << UInt8((bits - 1) % 8)
        modulus[modulus.count - 1] = isEven ? 2 : 3
        return #"{"kty":"RSA","n":"\#(Base64URL.encode(modulus))","e":"\#(Base64URL.encode(exponent))"}"#
    }

    @Test(arguments: [
        (1_024, 0), (2_040, 0), (2_047, 0), (2_048, 1), (2_049, 1), (3_072, 1), (4_096, 1), (16_383, 1), (16_384, 1),
        (16_385, 0), (16_392, 0), (32_768, 0),
    ])
    func rsaKeysHaveFrom2048To16384Bits(bits: Int, usable: Int) throws {
        let keys = try Self.set(Self.rsaJWK(bits: bits))
        #expect(keys.count == usable)
        #expect(keys.skipped == 1 - usable)
    }

    @Test(
        arguments: [
            ([], 0), ([0], 0), ([1], 0), ([0, 1], 0), ([2], 0), ([3], 1), ([4], 0), ([5], 1), ([17], 1), ([1, 0], 0),
            ([1, 0, 0], 0), ([1, 0, 1], 1), ([1, 0, 2], 0), ([1, 0, 0, 0, 1], 1),
        ] as [([UInt8], Int)]
    )
    func rsaExponentsAreOddAndAtLeastThree(exponent: [UInt8], usable: Int) throws {
        #expect(try Self.set(Self.rsaJWK(bits: 2_048, exponent: exponent)).count == usable)
    }

    @Test func anEvenModulusIsSkipped() throws {
        #expect(try Self.set(Self.rsaJWK(bits: 2_048, isEven: true)).count == 0)
    }

    @Test func aGeneratedKeyJustBelowTheLimitIsSkipped() throws {
        let small = try SigningKey(generating: .rs256, id: "small", bits: 2_040)
        let keys = try SharedKeys.set(small)
        #expect(keys.count == 0)
        let token = try small.token(claims: ProfileToken.claims())
        #expect(ProfileToken.rejection(ofToken: token, keys) == .noUsableKey)
    }

    @Test(arguments: [
        "null", "1", "\"RSA\"", "[]", "{}", #"{"kty":null}"#, #"{"kty":1}"#, #"{"kty":"rsa"}"#, #"{"kty":"RSA"}"#,
        #"{"kty":"RSA","n":"AQAB"}"#, #"{"kty":"RSA","e":"AQAB"}"#, #"{"kty":"RSA","n":"","e":""}"#,
        #"{"kty":"RSA","n":1,"e":3}"#, #"{"kty":"RSA","n":"A=","e":"AQAB"}"#, #"{"kty":"oct","k":"AAAA"}"#,
        #"{"kty":"oct","k":"AAAA","alg":"HS256"}"#, #"{"kty":"EC"}"#, #"{"kty":"EC","crv":"P-256"}"#,
        #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, #"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#,
        #"{"kty":"OKP","crv":"Ed25519"}"#, #"{"kty":"OKP","crv":"Ed25519","x":""}"#, #"{"kty":"OKP","x":"AA"}"#,
        #"{"kty":"O\u212AP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        #"{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        #"{"kty":"OKP","crv":"Ed448","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        #"{"kty":"OKP","crv":"ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        #"{"kty":"EC","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    ])
    func whatIsNoUsableKeyIsSkipped(entry: String) throws {
        let good = try SharedKeys.key(.edDSA)
        let keys = try Self.set(entry, good.publicJWK(), entry)
        #expect(keys.count == 1)
        #expect(keys.skipped == 2)
        #expect(ProfileToken.signatureRejection(try good.token(claims: "{}"), keys) == nil)
    }

    /// What may be added to a key or changed in it, and whether it stays usable.
    @Test(arguments: [
        (#""use":"sig""#, true), (#""use":"enc""#, false), (#""use":"""#, false), (#""use":null"#, false),
        (#""use":["sig"]"#, false), (#""use":"SIG""#, false),
        (#""key_ops":["verify"]"#, true), (#""key_ops":["sign","verify"]"#, true), (#""key_ops":["sign"]"#, false),
        (#""key_ops":[]"#, false), (#""key_ops":"verify""#, false), (#""key_ops":null"#, false),
        (#""key_ops":["encrypt","wrapKey"]"#, false), (#""key_ops":[1]"#, false),
        (#""use":"sig","key_ops":["verify"]"#, true), (#""use":"enc","key_ops":["verify"]"#, false),
        (#""use":"sig","key_ops":["encrypt"]"#, false),
        (#""x5u":"https://example.com/key","x5c":["AAAA"],"x5t":"AAAA","ext":true,"nbf":"x""#, true),
    ])
    func useAndOperationsMustFit(member: String, isUsable: Bool) throws {
        for algorithm in [SignatureAlgorithm.rs256, .es256, .edDSA] {
            let keys = try SharedKeys.set(SharedKeys.key(algorithm)) { "{\(member)," + $0.dropFirst() }
            #expect(keys.count == (isUsable ? 1 : 0))
        }
    }

    @Test(arguments: [
        #""HS256""#, #""none""#, #""RSA-OAEP""#, #""rs256""#, #""ES256""#, #""EdDSA""#, #""""#, "null", "256",
        #"["RS256"]"#,
    ])
    func anAlgorithmThatDoesNotFitTheTypeIsSkipped(algorithm: String) throws {
        let keys = try SharedKeys.set(SharedKeys.key()) {
            $0.replacing(#""alg":"RS256""#, with: #""alg":\#(algorithm)"#)
        }
        #expect(keys.count == 0)
    }

    @Test(arguments: ["null", "1", "[]", "{}", "true"])
    func aKeyWhoseIDIsNotAStringIsSkipped(id: String) throws {
        let key = try SharedKeys.key()
        #expect(try SharedKeys.set(key) { $0.replacing(#""kid":"\#(key.id)""#, with: #""kid":\#(id)"#) }.count == 0)
    }

    @Test(arguments: [SignatureAlgorithm.es256, .es384, .es512])
    func aCurveKeyOfAnotherCurveOrLengthIsSkipped(algorithm: SignatureAlgorithm) throws {
        let key = try SharedKeys.key(algorithm)
        let jwk = try key.publicJWK()
        let root = try JSONDocument(parsing: jwk).root
        let own = try #require(root["crv"]?.string)
        let x = try #require(root["x"]?.string)
        let coordinate = try #require(Base64URL.decode(x))
        for curve in ["P-256", "P-384", "P-521", "P-224", "secp256k1", "p-256", "prime256v1", ""] where curve != own {
            #expect(try Self.set(jwk.replacing("\"\(own)\"", with: "\"\(curve)\"")).count == 0)
        }
        var offCurve = coordinate
        offCurve[offCurve.count - 1] ^= 1
        for wrong in [
            Array(coordinate.dropLast()), coordinate + [0], [0] + coordinate, Array(coordinate.dropFirst()), offCurve,
            [UInt8](repeating: 0xFF, count: coordinate.count), [UInt8](repeating: 0, count: coordinate.count),
        ] {
            #expect(try Self.set(jwk.replacing(x, with: Base64URL.encode(wrong))).count == 0)
        }
    }

    @Test(arguments: [0, 1, 31, 33, 57, 64])
    func anEd25519KeyHas32Bytes(length: Int) throws {
        let x = Base64URL.encode([UInt8](repeating: 9, count: length))
        #expect(try Self.set(#"{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}"#).count == 0)
    }

    @Test(arguments: [
        "{}", "[]", "null", "1", #""keys""#, #"{"keys":null}"#, #"{"keys":{}}"#, #"{"keys":"[]"}"#, #"{"Keys":[]}"#,
        #"[{"keys":[]}]"#,
    ])
    func aDocumentWithoutAnArrayOfKeysIsRefused(text: String) {
        #expect(Self.error(text) == .noKeys)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd), ("<html>", .unexpectedByte), (#"{"keys":[]}x"#, .trailingBytes),
            (#"{"keys":[],"keys":[]}"#, .duplicateMember), (#"{"keys":[{"kty":"RSA","kty":"EC"}]}"#, .duplicateMember),
            (#"{"keys":["\ud800"]}"#, .loneSurrogate), ("\u{FEFF}{\"keys\":[]}", .unexpectedByte),
            (#"{"keys":"# + String(repeating: "[", count: 15) + String(repeating: "]", count: 15) + "}", nil),
            (#"{"keys":"# + String(repeating: "[", count: 16) + String(repeating: "]", count: 16) + "}", .tooDeep),
        ] as [(String, JSONError?)]
    )
    func aDocumentThatIsNotStrictJSONIsRefused(text: String, reason: JSONError?) {
        #expect(Self.error(text) == reason.map(KeySetError.notJSON))
    }

    @Test(
        arguments: [(0, nil), (999, nil), (1_000, nil), (1_001, .tooManyKeys), (5_000, .tooManyKeys)]
            as [(Int, KeySetError?)]
    )
    func aSetHasAtMostAThousandEntries(count: Int, expected: KeySetError?) {
        #expect(Self.error(#"{"keys":[\#(Array(repeating: "{}", count: count).joined(separator: ","))]}"#) == expected)
    }

    @Test func aSetOfAThousandUsableKeysIsRead() throws {
        let jwk = try SharedKeys.key(.edDSA).publicJWK()
        let id = try SharedKeys.key(.edDSA).id
        let entries = (0..<1_000).map { jwk.replacing(id, with: "k\($0)") }
        let keys = try KeySet(parsing: #"{"keys":[\#(entries.joined(separator: ","))]}"#)
        #expect(keys.count == 1_000)
        #expect(keys.skipped == 0)
        #expect(keys.keyIDs == (0..<1_000).map { "k\($0)" })
    }

    @Test(arguments: [(524_287, nil), (524_288, nil), (524_289, .notJSON(.tooLarge))] as [(Int, KeySetError?)])
    func aSetHasAtMost512KiB(size: Int, expected: KeySetError?) {
        let start = #"{"keys":[],"pad":""#
        let text = start + String(repeating: "a", count: size - start.utf8.count - 2) + "\"}"
        #expect(text.utf8.count == size)
        #expect(Self.error(text) == expected)
    }

    @Test func anEmptySetHasNoUsableKey() throws {
        let token = try SharedKeys.key().token(claims: ProfileToken.claims())
        #expect(ProfileToken.rejection(ofToken: token, try Self.set()) == .noUsableKey)
        #expect(ProfileToken.rejection(ofToken: token, try Self.set(#"{"kty":"oct"}"#)) == .noUsableKey)
    }
}
