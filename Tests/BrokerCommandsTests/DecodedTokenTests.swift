import FoundationEssentials
import JOSE
import Testing

@testable import BrokerCommands

@Suite struct DecodedTokenTests {
    private static let now = Date(timeIntervalSince1970: 1_788_257_880)

    private func text(header: String = "{}", claims: String) throws -> String {
        try DecodedToken(header: JSONDocument(parsing: header), claims: JSONDocument(parsing: claims))
            .text(now: Self.now)
    }

    @Test func aTokenIsLaidOutForAPerson() throws {
        let header = #"{"alg":"RS256","kid":"k","exp":1}"#
        let claims = #"{"iss":"https://a.example","exp":1788260400,"aud":["a", 1],"x":{"exp":1,"y":{"z":null}},"e":{}}"#
        #expect(
            try text(header: header, claims: claims) == """
                NOT VERIFIED: neither the signature nor any claim was checked

                header
                  alg  "RS256"
                  kid  "k"
                  exp  1
                claims
                  iss  "https://a.example"
                  exp  2026-09-01T11:00:00Z (in 42 minutes)
                  aud  ["a", 1]
                  x
                    exp  1
                    y
                      z  null
                  e

                """
        )
    }

    @Test(arguments: [
        (#"{"exp":"1788260400"}"#, #"exp  "1788260400""#), (#"{"exp":-1}"#, "exp  -1"),
        (#"{"exp":1e999}"#, "exp  1e999"),
        (#"{"\u001b[2J":1}"#, #""\u{1b}[2J"  1"#), (#"{"a b":1}"#, #""a b"  1"#), (#"{"":1}"#, #"""  1"#),
        (#"{"a":"\u001b\u009b\u202e\n"}"#, #"a  "\u{1b}\u{9b}\u{202e}\u{a}""#),
        ("{\"a\":[\"\u{9B}\",\n2]}", #"a  ["\u009b", 2]"#),
    ])
    func whatTheTokenSaysCannotBeMistakenForWhatTheProgramSays(claims: String, expected: String) throws {
        #expect(try text(claims: claims).contains("  " + expected + "\n"))
    }
}
