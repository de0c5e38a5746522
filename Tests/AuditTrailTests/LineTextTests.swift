import AuditChain
import JOSE
import Testing

/// Whatever text comes in, one line of printable ASCII goes out.
struct LineTextTests {
    private func line(_ text: String) throws -> [UInt8] {
        var line = LineText(sequence: 1, time: AuditTime(secondsSince1970: 1_788_256_800.363), event: "test")
        line.add("text", text)
        return try line.finish(after: ChainHead.start.hash).bytes
    }

    @Test func theFormOfALineIsFixed() throws {
        let zeros = String(repeating: "0", count: 64)
        let expected =
            #"{"seq":1,"time":"2026-09-01T10:00:00.363Z","event":"test","text":"a\"b\\c","prev":"\#(zeros)"}"#
        #expect(String(decoding: try line(#"a"b\c"#), as: UTF8.self) == expected)
    }

    @Test(arguments: [
        "", "a\nb", "\r\n", "\u{0}", "\u{7F}", "\u{9B}31m", "\u{2028}\u{2029}", "\u{202E}abc", "\u{FEFF}", "é", "日本",
        "👩‍👧", #"","event":"forged"#, #"\"#, #"\u0041"#, "\u{10FFFF}", "\u{FFFD}", "</script>",
        String(decoding: [0x61, 0xED, 0xA0, 0x80, 0xFF, 0xC0] as [UInt8], as: UTF8.self),
    ])
    func everyTextStaysOneLineAndKeepsItsValue(text: String) throws {
        let bytes = try line(text)
        #expect(bytes.allSatisfy { (0x20...0x7E).contains($0) })
        let root = try JSONDocument(parsing: bytes).root
        #expect(root["text"]?.string == text)
        #expect(root.members?.map(\.name) == ["seq", "time", "event", "text", "prev"])
        #expect(try ChainedLine(parsing: bytes).sequence == 1)
    }

    @Test(arguments: [
        ("a", 1_024, 0), ("a", 1_025, 1), ("a", 100_000, 98_976), ("é", 170, 0), ("é", 171, 2), ("\n", 513, 343),
    ])
    func longTextsAreCutAndSaySo(character: String, count: Int, more: Int) throws {
        let bytes = try line(String(repeating: character, count: count))
        #expect(bytes.count < LineText.maximumText + 256)
        let text = try #require(try JSONDocument(parsing: bytes).root["text"]?.string)
        #expect(text.hasSuffix(" bytes more)") == (more > 0))
        if more > 0 { #expect(text.hasSuffix("... (\(more) bytes more)")) }
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1970-01-01T00:00:00.000Z"), (.nan, "1970-01-01T00:00:00.000Z"),
        (.infinity, "9999-12-31T23:59:59.000Z"), (951_782_400.5, "2000-02-29T00:00:00.500Z"),
        (1_788_256_799.9996, "2026-09-01T09:59:59.999Z"),
    ])
    func timesAreWrittenInUTC(seconds: Double, text: String) {
        #expect(AuditTime(secondsSince1970: seconds).text == text)
    }
}
