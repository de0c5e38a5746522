import JOSE
import Testing

/// What RFC 8259 does not allow, and what it allows but two readers could take differently, is refused.
@Suite struct JSONRefusalTests {
    private static func error(_ bytes: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    private static func error(_ text: String) -> JSONError? { error(Array(text.utf8)) }

    @Test(arguments: [
        "", " ", "\n", "{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "\"", "\"a", "t", "tru",
        "nul", "-", "1.", "1e", "1e+", "[[]", "\"\\", "\"\\u", "\"\\u12", "[\"\\u00",
    ])
    func whatEndsTooEarlyIsRefused(text: String) {
        #expect(Self.error(text) == .unexpectedEnd)
    }

    @Test(arguments: [
        "[1,]", "[,1]", "[,]", "[1,,2]", "{,}", "{\"a\":1,}", "{\"a\":1,,\"b\":2}", "{\"a\"}", "{\"a\",1}", "{\"a\" 1}",
        "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{[]:1}", "[1 2]", "[1:2]", "[\"a\" \"b\"]", "{\"a\"::1}", "[}", "{]",
        "[1}", "{\"a\":1]", "True", "TRUE", "nULL", "truE", "nan", "NaN", "Infinity", "-Infinity", "inf", "undefined",
        "'a'", "a", "]", "}", ",", ":", "[a]", "// a\n1", "/* a */1", "[1/**/]", "#", "\u{FEFF}1", "\u{FEFF}{}",
        "\u{A0}1", "\u{2028}1", "\u{0B}1", "\u{0C}[]", "\0", "\u{1}[]", "[\u{0C}]", "`a`", "\\u0031", "é", "[é]",
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(Self.error(text) == .unexpectedByte)
    }

    @Test(arguments: [
        "+1", ".5", "-.5", "--1", "- 1", "-a", "1.e1", "1.a", "1.-1", "1e1.5e", "1ea", "1e++1", "1e+-1", "-+1", "e1",
        "E",
        "[+1]", "[.5]", "[-]", "[1.]", "[1e]", "[1e+]", "[2.e3]", "[-a]", "[0x1]", "[01]", "[-01]", "[00]", "[1_000]",
        "[1,000.]", "[1a]", "[1.2a]", "[1e1a]", "[0.1.2]", "[1e1e1]", "[１]", "[-Infinity]", "[1+2]", "[-0x1]",
    ])
    func numbersOfAnotherSpellingAreRefused(text: String) {
        #expect([.unexpectedByte, .trailingBytes].contains(Self.error(text)), "\(text)")
    }

    @Test(arguments: [
        "01", "-01", "00", "0x1", "1a", "1 2", "1,", "{}{}", "{} {}", "[]]", "{}}", "[][]", "nulll", "true false",
        "\"a\"b", "\"a\"\"b\"", "{}\0", "{}\u{FEFF}", "{}//", "{}#", "1\u{A0}", "1\u{0C}", "0.0.0", "1e1e1", "{},",
    ])
    func bytesAfterTheValueAreRefused(text: String) {
        #expect(Self.error(text) == .trailingBytes)
    }

    @Test func controlCharactersInStringsAreRefused() {
        for byte in UInt8.min..<0x20 {
            #expect(Self.error([0x22, byte, 0x22]) == .unexpectedByte, "\(byte)")
            #expect(Self.error([0x22, 0x5C, byte, 0x22]) == .invalidEscape, "escaped \(byte)")
        }
    }

    @Test func onlyNineEscapesExist() {
        for byte in UInt8.min...UInt8.max where !Array("\"\\/bfnrtu".utf8).contains(byte) {
            #expect(Self.error([0x22, 0x5C, byte, 0x22]) == .invalidEscape, "\(byte)")
        }
    }

    @Test(arguments: [
        #""\u00g0""#, #""\u 123""#, #""\u+123""#, #""\u-123""#, #""\u12 4""#, #""\uZZZZ""#, #""\u123Z""#, #""\U0041""#,
        #""\u{41}""#, #""\u"0041""#, #""\x41aa""#, #""\0aaaa""#, #""\'aaa""#, #""\uD834\uDD1""#, #""\u００４１""#,
    ])
    func malformedEscapesAreRefused(text: String) {
        #expect(Self.error(text) == .invalidEscape)
    }

    @Test(arguments: [
        #""\uD800""#, #""\uDBFF""#, #""\uDC00""#, #""\uDFFF""#, #""\uD800a""#, #""a\uD800""#, #""\uD800\n""#,
        #""\uD800\uD800""#, #""\uDC00\uD800""#, #""\uD800\u0041""#, #""\uD800\uE000""#, #""\uD800\uDBFF""#,
        #""\uD834\uDD1E\uDD1E""#, #""\uD800\\uDC00""#, #""\ud800""#, #""\udfff""#, #"{"\uD800":1}"#, #"["\uDEAD"]"#,
    ])
    func loneSurrogatesAreRefused(text: String) {
        #expect(Self.error(text) == .loneSurrogate)
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC0],
            [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xE1, 0x41, 0x80], [0xED, 0xA0, 0x80],
            [0xED, 0xAF, 0xBF],
            [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], [0xEF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF1, 0x80, 0x80, 0xC0], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF], [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
            [0xFE], [0xFF], [0xFE, 0xFF], [0xFF, 0xFE], [0xE9],
        ] as [[UInt8]]
    )
    func stringsThatAreNotUTF8AreRefused(sequence: [UInt8]) {
        #expect(Self.error([0x22] + sequence + [0x22]) == .invalidUTF8)
        #expect(Self.error([0x22] + sequence) == .invalidUTF8)
        #expect(Self.error([0x7B, 0x22, 0x61] + sequence + [0x22, 0x3A, 0x31, 0x7D]) == .invalidUTF8)
    }

    @Test(
        arguments: [
            [0xFE, 0xFF, 0x00, 0x5B, 0x00, 0x5D], [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], [0x00, 0x5B, 0x00, 0x5D],
            [0xEF, 0xBB, 0xBF, 0x5B, 0x5D], [0xEF, 0xBB, 0xBF], [0x80], [0xFF],
        ] as [[UInt8]]
    )
    func otherEncodingsAndByteOrderMarksAreRefused(bytes: [UInt8]) {
        #expect(Self.error(bytes) == .unexpectedByte)
    }

    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"a":2}"#, #"{"a":1,"b":2,"a":3}"#, #"{"":1,"":2}"#, #"{"a":1,"\u0061":2}"#,
        #"{"\u0061":1,"a":2}"#, #"{"\u0061":1,"\u0061":2}"#, #"{"/":1,"\/":2}"#, #"{"é":1,"\u00e9":2}"#,
        #"{"\n":1,"\u000A":2}"#, #"{"😀":1,"\ud83d\ude00":2}"#, #"{"kid":1,"k\u0069d":2}"#, #"[{"a":1,"a":1}]"#,
        #"{"x":{"a":1,"a":1}}"#, #"{"a":{},"a":{}}"#, #"{"a":[{"z":1}],"b":1,"a":null}"#, #"{"\\":1,"\u005c":2}"#,
        #"{"\"":1,"\u0022":2}"#, #"{"\u0000":1,"\u0000":2}"#,
    ])
    func duplicateMembersAreRefused(text: String) {
        #expect(Self.error(text) == .duplicateMember)
    }

    /// Canonically equivalent names are different names: JSON compares code points (RFC 8259 section 8.3).
    @Test func composedAndDecomposedNamesAreDifferent() throws {
        #expect(Self.error("{\"\u{E9}\":1,\"e\u{301}\":2}") == nil)
        #expect(Self.error(#"{"\u00e9":1,"e\u0301":2}"#) == nil)
    }

    @Test(arguments: [2, 3, 63, 64, 65, 66, 200, 500])
    func aDuplicateIsFoundAmongAnyNumberOfMembers(count: Int) {
        let members = (0..<count).map { #""m\#($0)":0"# }.joined(separator: ",")
        #expect(Self.error("{\(members)}") == nil)
        #expect(Self.error("{\(members),\"m0\":0}") == .duplicateMember)
        #expect(Self.error("{\(members),\"m\(count - 1)\":0}") == .duplicateMember)
        #expect(Self.error("{\(members),\"m\\u0031\":0}") == .duplicateMember)
    }
}
