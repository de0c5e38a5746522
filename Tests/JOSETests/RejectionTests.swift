import JOSE
import Testing

@Suite struct RejectionTests {
    private static let all: [Rejection] = [
        .tokenTooLarge, .notThreeParts, .notBase64URL, .headerTooLarge, .payloadTooLarge, .malformedHeader(.notObject),
        .malformedPayload(.notObject), .algorithmMissing, .algorithmNotAllowed, .criticalHeader, .keyIDNotString,
        .keyIDMissing,
        .keyUnknown, .keyDoesNotFit, .noUsableKey, .signatureInvalid, .claimMissing(.expiration),
        .claimMalformed(.expiration),
        .expired, .notYetValid, .issuedInFuture, .issuerMismatch, .audienceMismatch, .profileMismatch(.iamID),
        .accountMismatch,
        .accountNotValid,
    ]

    @Test func everyRejectionHasWordsOfItsOwn() {
        #expect(Set(Self.all.map(\.description)).count == Self.all.count)
        for rejection in Self.all {
            #expect(rejection.description.first?.isLowercase == true)
            #expect(rejection.description.hasSuffix(".") == false)
        }
    }

    /// Each text of the token that could be quoted holds the marker; none of it may come back.
    @Test(arguments: [
        (#"{"alg":"MARKER"}"#, "{}"), (#"{"alg":"RS256","kid":"MARKER"}"#, "{}"), (#"{"MARKER":1}"#, "{}"),
        (#"{"alg":"RS256","MARKER""#, "{}"),
        (#"{"alg":"RS256","crit":["MARKER"]}"#, "{}"), (#"{"alg":"RS256","MARKER":1,"MARKER":2}"#, "{}"),
        (#"{"alg":"RS256"}"#, "MARKER"),
        (#"{"alg":"RS256"}"#, #"{"exp":"MARKER"}"#),
        (#"{"alg":"RS256"}"#, #"{"exp":1788260400,"iat":1,"iss":"MARKER"}"#),
        (#"{"alg":"RS256"}"#, #"{"exp":1788260400,"iat":1,"iss":"\#(ProfileToken.issuer)","iam_id":"MARKER"}"#),
        (#"{"alg":"RS256"}"#, #"{"MARKER":1,"MARKER":2}"#), (#"{"alg":"ES256"}"#, "{}"),
    ])
    func aRejectionContainsNothingOfTheToken(header: String, claims: String) throws {
        let key = try SharedKeys.key()
        let token = try key.token(claims: claims, header: header)
        let rejection = ProfileToken.rejection(ofToken: token, try SharedKeys.set(key), ProfileToken.expectations())
        let refused = try #require(rejection)
        var dumped = ""
        dump(refused, to: &dumped)
        for text in ["\(refused)", String(reflecting: refused), dumped] {
            #expect(!text.contains("MARKER"))
            for part in token.split(separator: ".") { #expect(!text.contains(part)) }
        }
    }
}
