import Testing

@testable import BrokerCommands

@Suite struct LineSplitterTests {
    private func lines(_ chunks: [String], limit: Int = 4) -> [LineSplitter.Line] {
        var splitter = LineSplitter(limit: limit)
        var lines: [LineSplitter.Line] = []
        for chunk in chunks { lines += splitter.take(Array(chunk.utf8)[...]) }
        if let last = splitter.finish() { lines.append(last) }
        return lines
    }

    @Test(arguments: [
        ([], []), ([""], []), (["\n"], [""]), (["a"], ["a"]), (["a\n"], ["a"]), (["a\n\n"], ["a", ""]),
        (["a\nb"], ["a", "b"]), (["a", "b\n", "c"], ["ab", "c"]), (["a\r\n"], ["a\r"]),
        (["abcd\n", "abcd"], ["abcd", "abcd"]),
    ])
    func linesEndWithALineFeedOrTheInput(chunks: [String], expected: [String]) {
        #expect(lines(chunks) == expected.map { .text(Array($0.utf8)) })
    }

    @Test(arguments: [["abcde\nx"], ["abcd", "e\nx"], ["abcde", "fghij", "k\nx"], ["a", "b", "c", "d", "e", "\nx"]])
    func aLongLineDoesNotSpoilTheNext(chunks: [String]) {
        #expect(lines(chunks) == [.tooLong, .text(Array("x".utf8))])
    }

    @Test func aLongLastLineIsReported() {
        #expect(lines(["abcde"]) == [.tooLong])
    }
}
