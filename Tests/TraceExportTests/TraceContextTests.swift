import Testing

@testable import TraceExport

/// The rules of W3C Trace Context for what comes in.
@Suite struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test(arguments: [
        ("00-\(trace)-\(span)-01", true), ("00-\(trace)-\(span)-00", false),
        // Bits that are not known yet say nothing (section 3.2.2.5).
        ("00-\(trace)-\(span)-03", true), ("00-\(trace)-\(span)-fe", false), ("00-\(trace)-\(span)-ff", true),
        // A later version, alone and with what it adds (section 3.2.4).
        ("01-\(trace)-\(span)-01", true), ("cc-\(trace)-\(span)-00-what-the-future-brings", false),
        ("fe-\(trace)-\(span)-01-", true), ("cc-\(trace)-\(span)-01-\(String(repeating: "a", count: 500))", true),
    ])
    func whatIsRightIsRead(parent: String, isSampled: Bool) throws {
        let context = try #require(TraceContext(parent: parent))
        #expect(context == TraceContext(traceID: Self.trace, spanID: Self.span, isSampled: isSampled))
        // Passed on in our version, without the bits that we do not know.
        #expect(context.parent == "00-\(Self.trace)-\(Self.span)-\(isSampled ? "01" : "00")")
    }

    @Test(arguments: [
        "", "00", "00-", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-0",
        "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-extra", "00-\(trace)-\(span)-011", "00-\(trace)-\(span)-01.",
        "ff-\(trace)-\(span)-01", "FF-\(trace)-\(span)-01", "0-\(trace)-\(span)-01", "000-\(trace)-\(span)-01",
        "0x-\(trace)-\(span)-01", "cc-\(trace)-\(span)-01.what", "cc-\(trace)-\(span)-01what",
        "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(span)-01", "00-\(trace)-00F067AA0BA902B7-01", "00-\(trace)-\(span)-0A",
        "00-4bf92f3577b34da6a3ce929d0e0e473-\(span)-01", "00-4bf92f3577b34da6a3ce929d0e0e47360-\(span)-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-\(span)-01", "00-\(trace)-00f067aa0ba902b-01",
        "00-\(trace)-00f067aa0ba902b70-01", "00-\(trace)-00f067aa0ba902b\u{E9}-1", "00_\(trace)_\(span)_01",
        " 00-\(trace)-\(span)-01", "00-\(trace)-\(span)-01 ", "00-\(trace)-\(span)-+1", "-00-\(trace)-\(span)-0",
        "00-\(trace)-\(span)-01,00-\(trace)-\(span)-01",
    ])
    func whatIsNotIsNone(parent: String) {
        #expect(TraceContext(parent: parent) == nil)
    }

    @Test(arguments: [
        ("foo=1", "foo=1"), ("foo=1,bar=2", "foo=1,bar=2"), ("foo=1 , \t bar=2", "foo=1,bar=2"),
        ("foo=1,,bar=2,", "foo=1,bar=2"),
        ("a_-*/0=b c!~", "a_-*/0=b c!~"), ("0t@s=1", "0t@s=1"),
        ("\(String(repeating: "k", count: 256))=v", "\(String(repeating: "k", count: 256))=v"),
        (
            "\(String(repeating: "t", count: 241))@\(String(repeating: "s", count: 14))=v",
            "\(String(repeating: "t", count: 241))@\(String(repeating: "s", count: 14))=v"
        ),
        ("k=\(String(repeating: "v", count: 256))", "k=\(String(repeating: "v", count: 256))"),
        ((1...32).map { "k\($0)=v" }.joined(separator: ","), (1...32).map { "k\($0)=v" }.joined(separator: ",")),
        (
            "k=\(String(repeating: "v", count: 252)),l=\(String(repeating: "v", count: 255))",
            "k=\(String(repeating: "v", count: 252)),l=\(String(repeating: "v", count: 255))"
        ),
    ])
    func aStateIsPassedOn(text: String, state: String) {
        #expect(TraceContext(parent: "00-\(Self.trace)-\(Self.span)-01", state: text)?.state == state)
    }

    @Test(arguments: [
        "", ",", "foo", "foo=", "=1", "Foo=1", "1foo=1", "fo o=1", "foo =1", "foo=1=2", "foo=\u{E9}", "foo=1\u{1}",
        "f@=1", "@s=1",
        "t@1=1", "a@b@c=1", "foo=1,foo=2", (1...33).map { "k\($0)=v" }.joined(separator: ","),
        "\(String(repeating: "k", count: 257))=v", "k=\(String(repeating: "v", count: 257))",
        "\(String(repeating: "t", count: 242))@s=v", "t@\(String(repeating: "s", count: 15))=v",
        "k=\(String(repeating: "v", count: 253)),l=\(String(repeating: "v", count: 255))",
    ])
    func aStateThatIsNotRightIsLeftOutAndTheParentCounts(text: String) throws {
        let context = try #require(TraceContext(parent: "00-\(Self.trace)-\(Self.span)-01", state: text))
        #expect(context.state.isEmpty)
    }
}
