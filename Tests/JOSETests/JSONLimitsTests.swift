import JOSE
import Testing

@Suite struct JSONLimitsTests {
    private static func error(_ text: String, _ limits: JSONLimits = .init()) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    private static func arrays(_ depth: Int, around text: String = "") -> String {
        String(repeating: "[", count: depth) + text + String(repeating: "]", count: depth)
    }

    private static func objects(_ depth: Int) -> String {
        String(repeating: #"{"a":"#, count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
    }

    @Test(
        arguments: [(1, nil), (15, nil), (16, nil), (17, .tooDeep), (18, .tooDeep), (2_000, .tooDeep)]
            as [(Int, JSONError?)]
    )
    func depthEndsAtSixteen(depth: Int, expected: JSONError?) {
        #expect(Self.error(Self.arrays(depth)) == expected)
        #expect(Self.error(Self.arrays(depth, around: "1")) == expected)
        #expect(Self.error(Self.objects(depth)) == expected)
        #expect(
            Self.error(String(repeating: #"[{"a":"#, count: (depth + 1) / 2))
                == (depth > 16 ? .tooDeep : .unexpectedEnd)
        )
    }

    @Test func depthCountsNestingAndNotContainers() {
        #expect(Self.error("[" + Array(repeating: Self.arrays(15), count: 100).joined(separator: ",") + "]") == nil)
        #expect(Self.error("[" + Self.arrays(15) + "," + Self.arrays(16) + "]") == .tooDeep)
    }

    @Test(arguments: [(16_383, nil), (16_384, nil), (16_385, .tooLarge)] as [(Int, JSONError?)])
    func sizeEndsAtSixteenKiB(size: Int, expected: JSONError?) {
        #expect(Self.error("\"" + String(repeating: "a", count: size - 2) + "\"") == expected)
        #expect(Self.error("1" + String(repeating: " ", count: size - 1)) == expected)
    }

    @Test func otherLimitsCanBeSet() {
        #expect(Self.error("[[]]", JSONLimits(size: 4, depth: 2)) == nil)
        #expect(Self.error("[[]]", JSONLimits(size: 3, depth: 2)) == .tooLarge)
        #expect(Self.error("[[]]", JSONLimits(size: 4, depth: 1)) == .tooDeep)
        #expect(Self.error("[]", JSONLimits(size: 4, depth: 0)) == .tooDeep)
        #expect(Self.error("1", JSONLimits(size: 4, depth: 0)) == nil)
        #expect(Self.error("", JSONLimits(size: 0, depth: 0)) == .unexpectedEnd)
    }
}
