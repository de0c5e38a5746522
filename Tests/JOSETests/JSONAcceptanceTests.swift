import JOSE
import Testing

/// What RFC 8259 allows is read, and read as what it means.
@Suite struct JSONAcceptanceTests {
    @Test(arguments: [
        "{}", "[]", "null", "true", "false", "0", #""""#, " [] ", "\t\r\n[\t\r\n]\t\r\n", "[[]]", "[{}]", "[null]",
        "[1,2]", "[1 , 2]", "[ 1]", "[1 ]", #"{"a":1}"#, #"{ "a" : 1 }"#, #"{"a":1,"b":2}"#, #"{"":0}"#,
        #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":1,"A":1}"#, #"{"a":1,"a ":1}"#, #"{"é":1,"e":1}"#,
        #"{"ab":1,"ba":1}"#, #"{"a":1,"\u0000a":1}"#, "[[],[[]],{},[{}]]",
    ])
    func structuresAreRead(text: String) throws(JSONError) {
        let root = try JSONDocument(parsing: text).root
        #expect(root.text.isEmpty == false)
    }

    @Test(arguments: [
        ("0", 0.0), ("-0", 0), ("1", 1), ("-1", -1), ("10", 10), ("0.5", 0.5), ("-0.5", -0.5), ("1.0", 1),
        ("1e2", 100), ("1E2", 100), ("1e+2", 100), ("1E-2", 0.01), ("0e1", 0), ("0e+1", 0), ("0E-0", 0),
        ("1.5e3", 1_500), ("20e1", 200), ("123456789012345", 123_456_789_012_345),
        ("1234567890123456", 1_234_567_890_123_456), ("1788260400", 1_788_260_400), ("1e-400", 0),
        ("1.7976931348623157e308", 1.7976931348623157e308), ("123.456e78", 123.456e78),
        ("0.000000000000000000000000000001", 1e-30), ("-2147483648", -2_147_483_648),
        ("0.10000000000000000000000000", 0.1),
    ])
    func numbersAreRead(text: String, expected: Double) throws {
        #expect(try JSONDocument(parsing: text).root.number == expected)
        #expect(try JSONDocument(parsing: "[\(text)]").root.array?.first?.number == expected)
        #expect(try JSONDocument(parsing: text).root.text == text)
    }

    @Test(arguments: ["1e400", "-1e400", "1e999999999", "2e308", "1\(String(repeating: "0", count: 400))"])
    func numbersBeyondADoubleAreNoNumbers(text: String) throws {
        let value = try JSONDocument(parsing: text).root
        #expect(value.number == nil)
        #expect(value.integer == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("-7", -7), ("1e3", 1_000), ("1.0", 1), ("1.5", nil), ("1e-1", nil),
            ("9007199254740992", 1 << 53),
            ("9223372036854775808", nil), ("-9223372036854775808", Int.min), ("1e19", nil), ("\"1\"", nil),
        ] as [(String, Int?)]
    )
    func integersAreWholeNumbers(text: String, expected: Int?) throws {
        #expect(try JSONDocument(parsing: text).root.integer == expected)
    }

    /// Between 2^53 and 2^63 a `Double` skips integers: an answer that is off by one is worse than none.
    @Test(arguments: [("9007199254740993", 9_007_199_254_740_993), ("9223372036854775807", Int.max)])
    func anIntegerIsExactOrAbsent(text: String, exact: Int) throws {
        let integer = try JSONDocument(parsing: text).root.integer
        #expect(integer == nil || integer == exact)
    }

    @Test(arguments: [
        (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041""#, "A"),
        (#""\u00e9\u00E9""#, "éé"), (#""\u0000""#, "\0"), (#""\u001f""#, "\u{1F}"), ("\"\u{7F}\"", "\u{7F}"),
        (#""\u20ac""#, "€"), (#""\uD834\uDD1E""#, "\u{1D11E}"), (#""\ud834\udd1e""#, "\u{1D11E}"),
        (#""\uD800\uDC00""#, "\u{10000}"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uD7FF\uE000""#, "\u{D7FF}\u{E000}"),
        (#""\uFFFE\uFFFF""#, "\u{FFFE}\u{FFFF}"), (#""\uFEFF""#, "\u{FEFF}"), ("\"\u{FEFF}\"", "\u{FEFF}"),
        ("\"\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"", "\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}"),
        ("\"\u{2028}\u{2029}\"", "\u{2028}\u{2029}"), (#""\\u0041""#, #"\u0041"#), (#""\\\\""#, #"\\"#),
        (#""a\u0062c""#, "abc"), (#""\u0061\u0301""#, "a\u{301}"),
    ])
    func stringsAreUnescaped(text: String, expected: String) throws {
        let value = try JSONDocument(parsing: text).root
        #expect(value.string.map { Array($0.utf8) } == Array(expected.utf8))
        #expect(value.text == text)
        let member = try JSONDocument(parsing: "{\(text):\(text)}").root.members?.first
        #expect(member.map { Array($0.name.utf8) } == Array(expected.utf8))
    }

    @Test func nothingIsConverted() throws {
        let values = try #require(try JSONDocument(parsing: #"["1",1,true,false,null,[],{}]"#).root.array)
        #expect(values.map { $0.string != nil } == [true, false, false, false, false, false, false])
        #expect(values.map { $0.number != nil } == [false, true, false, false, false, false, false])
        #expect(values.map(\.bool) == [nil, nil, true, false, nil, nil, nil])
        #expect(values.map(\.isNull) == [false, false, false, false, true, false, false])
        #expect(values.map { $0.array != nil } == [false, false, false, false, false, true, false])
        #expect(values.map { $0.members != nil } == [false, false, false, false, false, false, true])
        #expect(values.map(\.isObject) == [false, false, false, false, false, false, true])
        #expect(values.map(\.text) == [#""1""#, "1", "true", "false", "null", "[]", "{}"])
    }

    @Test func membersAreFoundPastNestedValues() throws {
        let root = try JSONDocument(parsing: #"{"a":{"x":[1,{"z":2}]},"b":[[],{"z":3}],"\u007a":4,"n":null}"#).root
        #expect(root["z"]?.number == 4)
        #expect(root["n"]?.isNull == true)
        #expect(root["x"] == nil)
        #expect(root["a"]?["x"]?.array?.last?["z"]?.number == 2)
        #expect(root["b"]?.array?.last?["z"]?.integer == 3)
        #expect(root.members?.map(\.name) == ["a", "b", "z", "n"])
        #expect(root["b"]?["z"] == nil)
    }
}
