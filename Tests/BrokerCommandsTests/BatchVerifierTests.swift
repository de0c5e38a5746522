import FoundationEssentials
import JOSE
import Testing

@testable import BrokerCommands

@Suite struct BatchVerifierTests {
    private static let now = Date(timeIntervalSince1970: 1_788_256_800)
    private static let claims = #"{"iat":1788256800,"exp":1788260400}"#

    private let key: SigningKey
    private let token: String
    private let keySet: String

    init() throws {
        key = try SigningKey(generating: .es256, id: "k")
        token = try key.token(claims: Self.claims)
        keySet = #"{"keys":[\#(try key.publicJWK())]}"#
    }

    /// A case that is accepted, with more members at its end.
    private func line(_ members: String = "", id: String = #""id":"a","#) -> String {
        #"{\#(id)"token":"\#(token)","jwks":\#(keySet),"algorithms":["ES256"]\#(members)}"#
    }

    private func answer(_ line: String) -> String {
        var verifier = BatchVerifier()
        return verifier.answer(.text(Array(line.utf8)), now: Self.now)
    }

    private static func rejected(_ reason: String, id: String = #""a""#) -> String {
        #"{"id":\#(id),"verdict":"reject","reason":"\#(reason)"}"# + "\n"
    }

    private static let accepted = #"{"id":"a","verdict":"accept","reason":null}"# + "\n"

    @Test func aGoodCaseIsAccepted() {
        #expect(answer(line()) == Self.accepted)
        #expect(answer(line() + " \r") == Self.accepted)
    }

    @Test(arguments: [
        "", " ", "{", "[]", "1", "null", #""x""#, "{}x", "\u{FEFF}{}", #"{"id":"a","id":"a"}"#,
        #"{"id":"a","#, #"{"id":'a'}"#,
    ])
    func whatIsNoObjectIsAMalformedCaseWithoutAnID(text: String) {
        #expect(answer(text) == Self.rejected("malformed case", id: "null"))
    }

    @Test(arguments: [
        #","at":"1""#, #","at":null"#, #","at":true"#, #","at":1e999"#,
        #","leeway":"1""#, #","leeway":-1"#, #","leeway":-0.001"#, #","leeway":86400.1"#, #","leeway":null"#,
        #","issuer":1"#, #","issuer":null"#, #","audience":["a"]"#, #","profile_id":{}"#, #","account_id":null"#,
        #","signature_only":"true""#, #","signature_only":1"#, #","signature_only":null"#,
    ])
    func aMemberOfTheWrongTypeMakesAMalformedCase(member: String) {
        #expect(answer(line(member)) == Self.rejected("malformed case"))
    }

    @Test(arguments: [
        #"{"id":"a"}"#, #"{"id":"a","token":"x"}"#, #"{"id":"a","jwks":{"keys":[]}}"#,
        #"{"id":"a","token":1,"jwks":{"keys":[]}}"#, #"{"id":"a","token":null,"jwks":{"keys":[]}}"#,
        #"{"id":"a","token":"x","jwks":null}"#, #"{"id":"a","token":"x","jwks":[]}"#,
        #"{"id":"a","token":"x","jwks":1}"#,
        #"{"id":"a","token":"x","jwks":{"keys":[]},"algorithms":"RS256"}"#,
        #"{"id":"a","token":"x","jwks":{"keys":[]},"algorithms":["RS256",1]}"#,
        #"{"id":"a","token":"x","jwks":{"keys":[]},"algorithms":null}"#,
    ])
    func aCaseNeedsATokenAndAKeySet(text: String) {
        #expect(answer(text) == Self.rejected("malformed case"))
    }

    @Test(arguments: [
        "null", "1", "-1.50e2", "true", #""""#, #""\u0041\n\"é""#, #"{"b": [1, {"c": null}]}"#, "[]",
    ])
    func theIDIsEchoedAsItStands(id: String) {
        #expect(answer(line(id: #""id": \#(id) ,"#)) == #"{"id":\#(id),"verdict":"accept","reason":null}"# + "\n")
        #expect(answer(#"{"id":\#(id)}"#) == Self.rejected("malformed case", id: id))
    }

    @Test func anAbsentIDIsEchoedAsNull() {
        #expect(answer(line(id: "")) == #"{"id":null,"verdict":"accept","reason":null}"# + "\n")
    }

    @Test func anAnswerIsOneLineWhateverTheIDIs() {
        #expect(answer("{\"id\":[1,\r2]}") == Self.rejected("malformed case", id: "[1,2]"))
    }

    @Test func otherMembersAreIgnored() {
        #expect(answer(line(#","comment":null,"Token":1"#)) == Self.accepted)
    }

    @Test(arguments: [
        (#"["ES256"]"#, String?.none), (#"["none","ES256"]"#, nil), ("[]", "algorithm is not allowed"),
        (#"["none"]"#, "algorithm is not allowed"), (#"["es256"]"#, "algorithm is not allowed"),
        (#"["RS256","HS256"]"#, "algorithm is not allowed"),
    ])
    func onlyNamedAlgorithmsAreAllowed(algorithms: String, reason: String?) {
        let text = #"{"id":"a","token":"\#(token)","jwks":\#(keySet),"algorithms":\#(algorithms)}"#
        #expect(answer(text) == reason.map { Self.rejected($0) } ?? Self.accepted)
    }

    @Test func withoutAlgorithmsOnlyRS256IsAllowed() throws {
        #expect(
            answer(#"{"id":"a","token":"\#(token)","jwks":\#(keySet)}"#) == Self.rejected("algorithm is not allowed")
        )
        let key = try SigningKey(generating: .rs256, id: "r")
        let token = try key.token(claims: Self.claims)
        let text = #"{"id":"a","token":"\#(token)","jwks":{"keys":[\#(try key.publicJWK())]}}"#
        #expect(answer(text) == Self.accepted)
    }

    @Test func withoutATimeThePresentCounts() {
        var verifier = BatchVerifier()
        let bytes = Array(line().utf8)
        #expect(verifier.answer(.text(bytes), now: Self.now.addingTimeInterval(3_599.5)) == Self.accepted)
        #expect(
            verifier.answer(.text(bytes), now: Self.now.addingTimeInterval(3_600)) == Self.rejected("token has expired")
        )
    }

    @Test(arguments: [
        (#","at":1788260399"#, String?.none), (#","at":1788260399.75"#, nil),
        (#","at":1788260400"#, "token has expired"),
        (#","at":1788260400,"leeway":0.5"#, nil), (#","at":1788346799,"leeway":86400"#, nil),
        (#","at":1788256799"#, "token was issued in the future"), (#","at":-1"#, "token was issued in the future"),
        (#","at":1e300"#, "token has expired"), (#","at":1,"signature_only":true"#, nil),
        (#","at":1,"signature_only":false"#, "token was issued in the future"),
    ])
    func timesAreCheckedAtTheirBoundaries(members: String, reason: String?) {
        #expect(answer(line(members)) == reason.map { Self.rejected($0) } ?? Self.accepted)
    }

    @Test(arguments: [
        (#""""#, "key set is malformed: ends too early"), ("{}", "key set is malformed: no array named keys"),
        (#""{\"keys\":[]} ""#, "key set has no usable key"),
        (#""{\"keys\":[],\"keys\":[]}""#, "key set is malformed: has a member twice"),
        (#"{"keys":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}"#, "key set has no usable key"),
        (#"{"keys":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}"#, "key set is malformed: nested deeper than allowed"),
    ])
    func aKeySetThatIsNoneIsARejection(keySet: String, reason: String) {
        let text = #"{"id":"a","token":"\#(token)","jwks":\#(keySet),"algorithms":["ES256"]}"#
        #expect(answer(text) == Self.rejected(reason))
    }

    @Test func aKeySetMayBeText() {
        let text = #"{"id":"a","token":"\#(token)","jwks":\#(JSONText.string(keySet)),"algorithms":["ES256"]}"#
        #expect(answer(text) == Self.accepted)
    }

    @Test func theKeySetOfTheLineBeforeIsNotUsedForAnother() throws {
        let other = try SigningKey(generating: .es256, id: "k")
        let otherLine = line().replacing(try key.publicJWK(), with: try other.publicJWK())
        var verifier = BatchVerifier()
        let answers = [line(), line(), otherLine, line()].map { verifier.answer(.text(Array($0.utf8)), now: Self.now) }
        #expect(answers == [Self.accepted, Self.accepted, Self.rejected("signature is not valid"), Self.accepted])
    }

    @Test func aLineThatIsTooLongIsAMalformedCase() {
        var verifier = BatchVerifier()
        #expect(verifier.answer(.tooLong, now: Self.now) == Self.rejected("malformed case", id: "null"))
        let padding = String(repeating: " ", count: BatchVerifier.maximumLineSize - line().utf8.count)
        #expect(answer(line() + padding) == Self.accepted)
        #expect(answer(line() + padding + " ") == Self.rejected("malformed case", id: "null"))
    }
}
