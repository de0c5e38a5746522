import JOSE
import Testing

@Suite struct TokenFormTests {
    private static func rejection(_ token: String) throws -> Rejection? {
        ProfileToken.rejection(ofToken: token, try SharedKeys.set(SharedKeys.key()))
    }

    @Test(arguments: [
        "", "a", ".", "a.b", "...", "....", "a.b.c.d", "e30.e30.AA.", ".e30.e30.AA", "a b c", "e30,e30,AA",
    ])
    func aTokenHasThreeParts(token: String) throws {
        #expect(try Self.rejection(token) == .notThreeParts)
    }

    @Test func emptyPartsAreRefused() throws {
        #expect(try Self.rejection("..") == .malformedHeader(.unexpectedEnd))
        #expect(try Self.rejection("e30..") == .algorithmMissing)
        let key = try SharedKeys.key()
        let token = try key.token(claims: "")
        #expect(token.contains(".."))
        #expect(try Self.rejection(token) == .malformedPayload(.unexpectedEnd))
    }

    /// A genuine token with something before, after or inside one of its parts.
    @Test(
        arguments: ["=", "==", "+", "/", " ", "\n", "\r\n", "\t", "\u{0}", "%", "é", "\u{FEFF}", "\u{1F600}", "~"],
        0..<3
    )
    func anythingElseInAPartIsNotBase64URL(text: String, part: Int) throws {
        let token = try SharedKeys.key().token(claims: ProfileToken.claims())
        let parts = token.split(separator: ".").map(String.init)
        let middle = parts[part].index(parts[part].startIndex, offsetBy: 4)
        for changed in [text + parts[part], parts[part] + text, parts[part][..<middle] + text + parts[part][middle...]]
        {
            var others = parts
            others[part] = String(changed)
            #expect(try Self.rejection(others.joined(separator: ".")) == .notBase64URL)
        }
    }

    @Test func trailingBitsOfEveryPartMustBeZero() throws {
        let key = try SharedKeys.key()
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        // Of 256 bytes of signature, one stands in the last two characters: four of their bits are unused.
        let token = try key.token(claims: ProfileToken.claims())
        let last = try #require(token.last.flatMap { alphabet.firstIndex(of: $0) })
        #expect(last % 16 == 0)
        for bits in 1..<16 {
            #expect(try Self.rejection(token.dropLast() + "\(alphabet[last + bits])") == .notBase64URL)
        }
        // "{}" and a space take four characters, "{}" three with two unused bits.
        #expect(try Self.rejection("e31.e30.") == .notBase64URL)
        #expect(try Self.rejection("e30.e31.") == .notBase64URL)
        #expect(try Self.rejection("e30.e30.AB") == .notBase64URL)
        #expect(try Self.rejection("e30.e30.AA") == .algorithmMissing)
    }

    private static let partLimit = 16 * 1_024

    @Test(arguments: [(partLimit - 1, nil), (partLimit, nil), (partLimit + 1, .headerTooLarge)] as [(Int, Rejection?)])
    func aHeaderHasAtMost16KiB(size: Int, expected: Rejection?) throws {
        let start = #"{"alg":"RS256","pad":""#
        let header = start + String(repeating: "a", count: size - start.utf8.count - 2) + "\"}"
        #expect(header.utf8.count == size)
        #expect(try Self.rejection(SharedKeys.key().token(claims: ProfileToken.claims(), header: header)) == expected)
    }

    @Test(
        arguments: [(partLimit - 1, nil), (partLimit, nil), (partLimit + 1, .payloadTooLarge)] as [(Int, Rejection?)]
    )
    func aPayloadHasAtMost16KiB(size: Int, expected: Rejection?) throws {
        let claims = ProfileToken.claims(["pad": "\"\""])
        let padded = claims.replacing(
            #""pad":"""#,
            with: #""pad":"\#(String(repeating: "a", count: size - claims.utf8.count))""#
        )
        #expect(padded.utf8.count == size)
        #expect(try Self.rejection(SharedKeys.key().token(claims: padded)) == expected)
    }

    /// Only a token whose size is checked first gives the other answers at the limit and below.
    @Test(
        arguments: [
            (65_535, .notThreeParts), (65_536, .notThreeParts), (65_537, .tokenTooLarge), (1 << 22, .tokenTooLarge),
        ] as [(Int, Rejection)]
    )
    func aTokenHasAtMost64KiB(size: Int, expected: Rejection) throws {
        #expect(try Self.rejection(String(repeating: "A", count: size)) == expected)
    }

    /// Header, payload and signature at once as large as they may be.
    @Test func aTokenOfExactly64KiBIsLookedAt() throws {
        let token = try SharedKeys.key().token(claims: ProfileToken.claims())
        let unsigned = try #require(token.lastIndex(of: "."))
        let start = String(token[...unsigned])
        let size = 65_536 - start.utf8.count
        // A length that leaves one character over cannot be base64url; a header of one more byte changes it.
        let signature = String(repeating: "A", count: size % 4 == 1 ? size - 1 : size)
        #expect(try Self.rejection(start + signature) == .signatureInvalid)
        #expect(
            try Self.rejection(
                start + signature + String(repeating: "A", count: 65_537 - start.utf8.count - signature.count)
            ) == .tokenTooLarge
        )
    }

    @Test(
        arguments: [
            ("[]", .notObject), ("null", .notObject), ("\"{}\"", .notObject), ("", .unexpectedEnd),
            ("{", .unexpectedEnd),
            (#"{"exp":1,"exp":2}"#, .duplicateMember), (#"{"exp":1,"\u0065xp":2}"#, .duplicateMember),
            (#"{"account":{"bss":"a","bss":"b"}}"#, .duplicateMember), ("{} {}", .trailingBytes),
            ("{}\0", .trailingBytes),
            (#"{"a":"\udc00"}"#, .loneSurrogate), ("\u{FEFF}{}", .unexpectedByte), (#"{"a":01}"#, .unexpectedByte),
            (#"{"a":\#(String(repeating: "[", count: 16))\#(String(repeating: "]", count: 16))}"#, .tooDeep),
        ] as [(String, JSONError)]
    )
    func aMalformedPayloadIsRefused(claims: String, reason: JSONError) throws {
        #expect(try ProfileToken.rejection(claims) == .malformedPayload(reason))
    }

    @Test func aPayloadOfDepthSixteenIsAccepted() throws {
        let nested = String(repeating: "[", count: 15) + String(repeating: "]", count: 15)
        #expect(try ProfileToken.rejection(ProfileToken.claims(["nested": nested])) == nil)
    }

    @Test func decodingShowsWhatStandsInTheToken() throws {
        let token = try SharedKeys.key().token(claims: #"{"a":1}"#)
        let decoded = try UnverifiedToken(compact: token).decoded()
        #expect(decoded.header.root["alg"]?.string == "RS256")
        #expect(decoded.claims.root["a"]?.integer == 1)
        #expect(throws: Rejection.notThreeParts) { try UnverifiedToken(compact: "a.b").decoded() }
        #expect(throws: Rejection.malformedPayload(.notObject)) { try UnverifiedToken(compact: "e30.MQ.").decoded() }
    }
}
