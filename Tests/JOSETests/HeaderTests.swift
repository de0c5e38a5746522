import JOSE
import Testing

@Suite struct HeaderTests {
    private static func rejection(header: String, edit: (String) -> String = { $0 }) throws -> Rejection? {
        let key = try SharedKeys.key()
        let token = try key.token(claims: ProfileToken.claims(), header: header)
        return ProfileToken.rejection(ofToken: token, try SharedKeys.set(key, edit: edit))
    }

    @Test(arguments: [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "hs256", "rs256", "Rs256", "RS256 ", " RS256",
        "RS1", "RSA", "ES256K", "ED25519", "Ed25519", "eddsa", "RS256\\u0000", "A128KW", "dir",
    ])
    func algorithmsOutsideTheListAreRefused(name: String) throws {
        #expect(try Self.rejection(header: #"{"alg":"\#(name)"}"#) == .algorithmNotAllowed)
    }

    @Test(arguments: ["null", "256", "true", "[]", #"["RS256"]"#, "{}", #"{"alg":"RS256"}"#])
    func anAlgorithmThatIsNotAStringIsRefused(value: String) throws {
        #expect(try Self.rejection(header: #"{"alg":\#(value)}"#) == .algorithmNotAllowed)
    }

    @Test(arguments: ["{}", #"{"Alg":"RS256"}"#, #"{"x":{"alg":"RS256"}}"#, #"{"typ":"JWT","kid":"first-RS256"}"#])
    func aHeaderWithoutAnAlgorithmIsRefused(header: String) throws {
        #expect(try Self.rejection(header: header) == .algorithmMissing)
    }

    @Test func onlyRS256IsAllowedUnlessTheCallerSaysSo() throws {
        #expect(TokenExpectations().algorithms == [.rs256])
        for algorithm in SignatureAlgorithm.allCases {
            let key = try SharedKeys.key(algorithm)
            let token = try key.token(claims: ProfileToken.claims())
            let expected: Rejection? = algorithm == .rs256 ? nil : .algorithmNotAllowed
            #expect(ProfileToken.rejection(ofToken: token, try SharedKeys.set(key)) == expected)
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func anAlgorithmTakenOffTheListIsRefused(algorithm: SignatureAlgorithm) throws {
        let key = try SharedKeys.key(algorithm)
        var expectations = TokenExpectations()
        expectations.algorithms = Set(SignatureAlgorithm.allCases).subtracting([algorithm])
        let token = try key.token(claims: ProfileToken.claims())
        #expect(ProfileToken.rejection(ofToken: token, try SharedKeys.set(key), expectations) == .algorithmNotAllowed)
        expectations.algorithms = []
        #expect(ProfileToken.rejection(ofToken: token, try SharedKeys.set(key), expectations) == .algorithmNotAllowed)
    }

    @Test func noAlgorithmIsSymmetricOrNone() {
        let names = SignatureAlgorithm.allCases.map(\.rawValue)
        #expect(
            names.sorted() == [
                "ES256", "ES384", "ES512", "EdDSA", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512",
            ]
        )
    }

    @Test(arguments: ["[]", #"["exp"]"#, #"["b64"]"#, "null", "1", #""""#, "{}"])
    func criticalExtensionsAreRefused(value: String) throws {
        #expect(try Self.rejection(header: #"{"alg":"RS256","b64":true,"exp":1,"crit":\#(value)}"#) == .criticalHeader)
        #expect(try Self.rejection(header: #"{"\u0063rit":\#(value),"alg":"RS256"}"#) == .criticalHeader)
    }

    /// A key that the token itself brings or points to must not be used: here it is the right one, and the set's is not.
    @Test func keysNamedByTheTokenAreNotUsed() throws {
        let forger = try SharedKeys.otherKey()
        let genuine = try SharedKeys.key()
        let members = [
            #""jwk":\#(try forger.publicJWK())"#, #""jku":"https://example.com/keys""#,
            #""x5u":"https://example.com/chain""#, #""x5c":["MIIB"]"#, #""x5t":"AAAA""#, #""x5t#S256":"AAAA""#,
        ]
        for member in members {
            let header = #"{"alg":"RS256",\#(member)}"#
            let forged = try forger.token(claims: ProfileToken.claims(), header: header)
            #expect(ProfileToken.rejection(ofToken: forged, try SharedKeys.set(genuine)) == .signatureInvalid)
            #expect(try Self.rejection(header: header) == nil)
        }
    }

    /// With `b64` false the signature would be over other bytes (RFC 7797); the member is not looked at.
    @Test(arguments: ["true", "false", "null"])
    func anUnencodedPayloadIsNotUnderstood(value: String) throws {
        let key = try SharedKeys.key()
        let header = #"{"alg":"RS256","b64":\#(value)}"#
        #expect(try Self.rejection(header: header) == nil)
        let payload = ProfileToken.claims()
        let start = Base64URL.encode(Array(header.utf8)) + "."
        let raw = try key.signature(over: Array((start + payload).utf8))
        let token = start + Base64URL.encode(Array(payload.utf8)) + "." + Base64URL.encode(raw)
        #expect(ProfileToken.rejection(ofToken: token, try SharedKeys.set(key)) == .signatureInvalid)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd), ("[]", .notObject), ("null", .notObject), ("\"RS256\"", .notObject),
            ("1", .notObject),
            (#"{"alg":"none","alg":"RS256"}"#, .duplicateMember),
            (#"{"alg":"RS256","\u0061lg":"none"}"#, .duplicateMember),
            (#"{"alg":"RS256","kid":"a","kid":"b"}"#, .duplicateMember), (#"{"alg":"RS256"} x"#, .trailingBytes),
            (#"{"alg":"RS256"}{}"#, .trailingBytes), (#"{"alg":"RS256","x":"\ud800"}"#, .loneSurrogate),
            (#"{"alg":"RS256",}"#, .unexpectedByte), ("\u{FEFF}{\"alg\":\"RS256\"}", .unexpectedByte),
        ] as [(String, JSONError)]
    )
    func aMalformedHeaderIsRefused(header: String, reason: JSONError) throws {
        #expect(try Self.rejection(header: header) == .malformedHeader(reason))
    }

    @Test(arguments: ["kid", "k\\u0069d"])
    func escapedNamesAndValuesMeanTheSame(name: String) throws {
        #expect(try Self.rejection(header: #"{"\u0061lg":"R\u00532\u0035\u0036","\#(name)":"first-RS256"}"#) == nil)
        #expect(try Self.rejection(header: #"{"alg":"RS256","\#(name)":"first\u002dRS256"}"#) == nil)
        #expect(try Self.rejection(header: #"{"alg":"RS256","\#(name)":"other"}"#) == .keyUnknown)
    }
}
