import BrokerAPI
import Testing

@testable import BrokerCommands

@Suite struct TerminalTests {
    @Test(arguments: [
        ("plain é 漢字 😀", "plain é 漢字 😀"), ("\u{1B}[31m", #"\u{1b}[31m"#), ("a\nb\tc\r", #"a\u{a}b\u{9}c\u{d}"#),
        ("\u{7F}\u{9B}", #"\u{7f}\u{9b}"#), ("\u{202E}x\u{2066}", #"\u{202e}x\u{2066}"#), ("\u{2028}", #"\u{2028}"#),
        ("\u{200B}\u{FEFF}", #"\u{200b}\u{feff}"#), ("\u{E000}", #"\u{e000}"#), ("\r\n", #"\u{d}\u{a}"#),
    ])
    func whatATerminalWouldObeyIsEscaped(text: String, expected: String) {
        #expect(TerminalText.escaping(text) == expected)
    }

    @Test(arguments: [("a", #""a""#), (#"a"b"#, #""a\"b""#), (#"\"#, #""\\""#), ("\u{1B}", #""\u{1b}""#)])
    func aQuotedTextCannotEndItsQuotes(text: String, expected: String) {
        #expect(TerminalText.quoting(text) == expected)
    }

    @Test(arguments: [
        ("a", #""a""#), (#"a"\"#, #""a\"\\""#), ("\n\u{0}", #""\u000a\u0000""#), ("\u{9B}", #""\u009b""#),
        ("\u{E0001}", #""\udb40\udc01""#), ("é", #""é""#),
    ])
    func aTextBecomesAJSONString(text: String, expected: String) {
        #expect(JSONText.string(text) == expected)
    }

    @Test(arguments: [
        (#"{"a":"é"}"#, #"{"a":"é"}"#), ("{\n\t\"a\" : 1\r\n}", #"{  "a" : 1  }"#), ("\"\u{9B}\"", #""\u009b""#),
        ("\"\u{7F}\u{202E}\"", #""\u007f\u202e""#),
    ])
    func aDocumentBecomesOneHarmlessLine(json: String, expected: String) {
        #expect(JSONText.line(json) == expected)
    }

    @Test(arguments: [
        ("no token", "no token"), ("eyJ is how they start", "eyJ is how they start"),
        ("got 'eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln' twice", "got '<redacted>' twice"),
        ("eyJhbGciOiJSUzI1NiJ9.e30", "<redacted>"),
        ("Bearer eyJhbGciOiJSUzI1NiJ9\neyJhbGciOiJSUzI1NiJ9", "Bearer <redacted>\n<redacted>"),
    ])
    func tokensAreMaskedInMessages(text: String, expected: String) {
        #expect(TokenMask.masking(text) == expected)
    }
}
