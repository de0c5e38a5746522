import Testing

@testable import BrokerServer

/// What a denied process chose must not forge lines of the log.
struct DenialLogTests {
    @Test(arguments: [
        ("/usr/bin/curl", "/usr/bin/curl"), ("/tmp/x\n2026 info", "/tmp/x\\n2026 info"),
        ("/tmp/\u{1B}[2J", "/tmp/\\u{1B}[2J"), ("/tmp/é", "/tmp/\\u{00E9}"), ("/tmp/\u{2028}", "/tmp/\\u{2028}"),
    ])
    func whatAProcessChoseStaysOnOneLine(path: String, escaped: String) {
        #expect(DenialLog.escaped(path) == escaped)
    }
}
