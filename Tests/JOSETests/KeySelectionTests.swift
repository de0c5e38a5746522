import JOSE
import Testing

@Suite struct KeySelectionTests {
    /// Tokens are signed by the first key; its `kid` in the set is replaced by `setID`, or removed.
    private static func rejection(tokenID: String?, setID: String?, others: Int = 0) throws -> Rejection? {
        let key = try SharedKeys.key(.edDSA)
        let other = try SharedKeys.otherKey(.edDSA)
        let id = tokenID.map { #","kid":\#($0)"# } ?? ""
        let token = try key.token(claims: "{}", header: #"{"alg":"EdDSA"\#(id)}"#)
        let named = setID.map { #","kid":\#($0)"# } ?? ""
        var entries = [try key.publicJWK().replacing(#","kid":"\#(key.id)""#, with: named)]
        entries += try (0..<others).map { try other.publicJWK().replacing(other.id, with: "other-\($0)") }
        return ProfileToken.signatureRejection(
            token,
            try KeySet(parsing: #"{"keys":[\#(entries.joined(separator: ","))]}"#)
        )
    }

    @Test(
        arguments: [
            (#""a""#, 0, nil), (#""a""#, 1, nil), (#""a""#, 9, nil), (nil, 0, nil), (nil, 1, .keyIDMissing),
            (nil, 9, .keyIDMissing),
        ]
            as [(String?, Int, Rejection?)]
    )
    func aKeyIDIsRequiredWhenThereAreSeveralKeys(tokenID: String?, others: Int, expected: Rejection?) throws {
        #expect(try Self.rejection(tokenID: tokenID, setID: #""a""#, others: others) == expected)
    }

    @Test(arguments: [#""b""#, #""A""#, #""""#, #""a ""#, #"" a""#, #""a\u0000""#, #""aa""#], [0, 1])
    func anUnknownKeyIDIsRefusedEvenWhenThereIsOneKey(tokenID: String, others: Int) throws {
        #expect(try Self.rejection(tokenID: tokenID, setID: #""a""#, others: others) == .keyUnknown)
        #expect(try Self.rejection(tokenID: tokenID, setID: nil, others: others) == .keyUnknown)
    }

    @Test(arguments: ["null", "1", "true", "[]", #"["a"]"#, "{}"], [0, 1])
    func aKeyIDThatIsNotAStringIsRefused(tokenID: String, others: Int) throws {
        #expect(try Self.rejection(tokenID: tokenID, setID: #""a""#, others: others) == .keyIDNotString)
    }

    /// Key IDs are compared code point by code point (RFC 7515 section 4.1.4, RFC 7517 section 4.5).
    @Test(arguments: [
        (#""\u00e9""#, #""e\u0301""#), (#""e\u0301""#, #""\u00e9""#), (#""K""#, #""\u212A""#),
        (#""\u00c5""#, #""\u212b""#),
        (#""\uac00""#, #""\u1100\u1161""#),
    ])
    func keyIDsThatMerelyLookTheSameAreDifferent(tokenID: String, setID: String) throws {
        #expect(try Self.rejection(tokenID: tokenID, setID: tokenID) == nil)
        #expect(try Self.rejection(tokenID: tokenID, setID: setID) == .keyUnknown)
    }

    @Test func escapedKeyIDsMeanTheSame() throws {
        #expect(try Self.rejection(tokenID: #""\u0061b""#, setID: #""ab""#, others: 1) == nil)
        #expect(try Self.rejection(tokenID: #""ab""#, setID: #""a\u0062""#, others: 1) == nil)
        #expect(try Self.rejection(tokenID: #""é""#, setID: #""\u00e9""#, others: 1) == nil)
    }

    @Test func unusableKeysDoNotCountAsSeveral() throws {
        let key = try SharedKeys.key(.edDSA)
        let token = try key.token(claims: "{}", header: #"{"alg":"EdDSA"}"#)
        let keys = try KeySet(parsing: #"{"keys":[{"kty":"oct"},\#(key.publicJWK()),{"kty":"RSA","kid":"x"}]}"#)
        #expect(ProfileToken.signatureRejection(token, keys) == nil)
    }

    @Test func anUnusableKeyIsNotFoundByItsID() throws {
        let key = try SharedKeys.key(.edDSA)
        let encryption = try SharedKeys.otherKey(.edDSA).publicJWK().replacing("{", with: #"{"use":"enc","#)
        let keys = try KeySet(parsing: #"{"keys":[\#(encryption),\#(key.publicJWK())]}"#)
        let token = try SharedKeys.otherKey(.edDSA).token(claims: "{}")
        #expect(ProfileToken.signatureRejection(token, keys) == .keyUnknown)
    }

    /// RFC 7517 section 4.5: keys of different types may share an ID.
    @Test func keysThatShareAnIDAreTriedInTurn() throws {
        let algorithms: [SignatureAlgorithm] = [.rs256, .es256, .es384, .edDSA]
        let entries = try algorithms.map {
            try SharedKeys.key($0).publicJWK().replacing(SharedKeys.key($0).id, with: "same")
        }
        let twin = try SharedKeys.otherKey(.edDSA).publicJWK().replacing(SharedKeys.otherKey(.edDSA).id, with: "same")
        let keys = try KeySet(parsing: #"{"keys":[\#((entries + [twin]).joined(separator: ","))]}"#)
        #expect(keys.count == 5)
        for key in try algorithms.map({ try SharedKeys.key($0) }) + [SharedKeys.otherKey(.edDSA)] {
            let header = #"{"alg":"\#(key.algorithm.rawValue)","kid":"same"}"#
            #expect(ProfileToken.signatureRejection(try key.token(claims: "{}", header: header), keys) == nil)
        }
        let stranger = try SharedKeys.otherKey(.es256).token(claims: "{}", header: #"{"alg":"ES256","kid":"same"}"#)
        #expect(ProfileToken.signatureRejection(stranger, keys) == .signatureInvalid)
        let missing = try SharedKeys.key(.es512).token(claims: "{}", header: #"{"alg":"ES512","kid":"same"}"#)
        #expect(ProfileToken.signatureRejection(missing, keys) == .keyDoesNotFit)
    }
}
