import AuditChain
import Testing

/// Whatever is done to a line in the middle is found; what is done to the end is found by one who kept the head.
struct TamperingTests {
    private let chain: SampleChain

    init() throws {
        chain = try SampleChain(count: 6)
    }

    @Test func aChainThatNobodyTouchedIsValid() throws {
        let result = try chain.verify(expecting: chain.head)
        #expect(result.faults == [])
        #expect(result.summary.lines == 6)
        #expect(result.summary.firstSequence == 1)
        #expect(result.summary.head == chain.head)
    }

    @Test(arguments: 0..<6)
    func aChangeOfAnyByteIsFound(line: Int) throws {
        for index in chain.lines[line].indices {
            for change: UInt8 in [0x01, 0x20, 0x80] {
                var changed = chain
                changed.lines[line][index] ^= change
                // A line feed makes two lines of one: the form of neither is right.
                let result = try changed.verify(expecting: chain.head)
                #expect(!result.isValid, "byte \(index) of line \(line + 1)")
                guard line < 5 else { continue }
                #expect(!(try changed.verify().isValid), "byte \(index) of line \(line + 1), without a head")
            }
        }
    }

    @Test func aChangeIsFoundAtTheLineOrTheOneAfterIt() throws {
        for line in 0..<5 {
            var changed = chain
            let index = try #require(changed.lines[line].firstIndex(of: UInt8(ascii: "l")))
            changed.lines[line][index] = UInt8(ascii: "L")
            let faults = try changed.verify().faults
            #expect(faults.map(\.code) == [.changed])
            let next = line + 1
            let position = LinePosition(file: next < 2 ? "first" : "second", line: next < 2 ? next + 1 : next - 1)
            #expect(faults.first?.position == position)
        }
    }

    @Test(arguments: 0..<6)
    func aLineThatIsMissingIsFound(line: Int) throws {
        var changed = chain
        changed.lines.remove(at: line)
        let codes = try changed.verify(expecting: chain.head).faults.map(\.code)
        #expect(codes == [line == 0 ? .startMissing : line == 5 ? .headMissing : .gap])
    }

    @Test func linesThatChangedPlacesAreFound() throws {
        for one in 0..<6 {
            for other in (one + 1)..<6 {
                var changed = chain
                changed.lines.swapAt(one, other)
                #expect(!(try changed.verify().isValid), "\(one + 1) and \(other + 1)")
            }
        }
    }

    @Test(arguments: 0..<6)
    func aLineThatIsThereTwiceIsFound(line: Int) throws {
        for place in 0...6 {
            var changed = chain
            changed.lines.insert(chain.lines[line], at: place)
            #expect(!(try changed.verify().isValid), "line \(line + 1) at \(place)")
        }
    }

    @Test(arguments: 0..<6)
    func aForgedLineIsFound(place: Int) throws {
        let previous = place == 0 ? ChainHead.start.hash : try SampleChain(count: place).head.hash
        let time = AuditTime(secondsSince1970: 1)
        for event in ["test", "recovered", "removed", "lost"] {
            var changed = chain
            var line = LineText(sequence: place + 1, time: time, event: event)
            line.add("after", previous)
            changed.lines.insert(try line.finish(after: previous).bytes, at: place)
            #expect(!(try changed.verify().isValid), "\(event)")
        }
    }

    @Test(arguments: ["", "x", "{}", "[]", "null", "\u{0}", "{\"seq\":1}"])
    func textThatIsNoLineIsFound(text: String) throws {
        for place in 0...6 {
            var changed = chain
            changed.lines.insert(Array(text.utf8), at: place)
            #expect(try changed.verify().faults.map(\.code) == [.notALine], "at \(place)")
        }
    }

    /// A chain says nothing about what comes after it: the head must be kept elsewhere.
    @Test(arguments: 1..<6)
    func linesThatWereCutOffAreFoundByTheHead(count: Int) throws {
        var cut = chain
        cut.lines.removeLast(count)
        #expect(try cut.verify().isValid)
        #expect(try cut.verify(expecting: chain.head).faults.map(\.code) == [.headMissing])
    }

    @Test func theLastLineIsKeptByTheHead() throws {
        var changed = chain
        let index = try #require(changed.lines[5].firstIndex(of: UInt8(ascii: "l")))
        changed.lines[5][index] = UInt8(ascii: "L")
        #expect(try changed.verify().isValid)
        #expect(try changed.verify(expecting: chain.head).faults.map(\.code) == [.headDiffers])
    }

    @Test func anEarlierHeadIsEnoughForWhatIsBeforeIt() throws {
        let earlier = try SampleChain(count: 3).head
        #expect(try chain.verify(expecting: earlier).isValid)
    }

    @Test func eachChangeIsReportedOnce() throws {
        var changed = try SampleChain(count: 9)
        for line in [1, 4, 7] { changed.lines[line] = Array("junk".utf8) }
        #expect(try changed.verify().faults.map(\.code) == [.notALine, .notALine, .notALine])
    }

    @Test(arguments: [
        ("1", false), ("1:", false), (":00", false), ("0:" + ChainHead.start.hash, false),
        ("1:" + ChainHead.start.hash, true), ("9007199254740992:" + ChainHead.start.hash, true),
        ("9007199254740993:" + ChainHead.start.hash, false), ("+1:" + ChainHead.start.hash, false),
        ("1:" + ChainHead.start.hash + "0", false), ("1:" + String(repeating: "A", count: 64), false),
    ])
    func headsAreReadStrictly(text: String, isHead: Bool) {
        #expect((ChainHead(text) != nil) == isHead)
        #expect(ChainHead(text).map { "\($0)" } ?? text == text)
    }

    @Test(arguments: ["9007199254740993", "9223372036854775807", "-1", "0", "1.5", "\"1\""])
    func numbersThatNoChainReachesAreNoLines(sequence: String) throws {
        var changed = chain
        let text = String(decoding: changed.lines[5], as: UTF8.self)
            .replacing(#""seq":6"#, with: #""seq":\#(sequence)"#)
        changed.lines[5] = Array(text.utf8)
        #expect(try changed.verify().faults.map(\.code) == [.notALine])
    }
}
