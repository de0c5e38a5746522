import Testing

@testable import BrokerCommands

@Suite struct LoopbackListenerTests {
    private static let head =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

    private static func line(_ local: String, _ state: String, _ uid: Int) -> String {
        "   0: \(local) 00000000:0000 \(state) 00000000:00000000 00:00000000 00000000 \(uid) 0 12716 1 0 100 0 0 10 0\n"
    }

    @Test(arguments: [
        (line("0100007F:1FE9", "0A", 999), [999]), (line("00000000:1FE9", "0A", 998), [998]),
        (line("00000000:1FE9", "0A", 998) + line("0100007F:1FE9", "0A", 999), [999]),
        (line("0100007F:1FE9", "0A", 999) + line("0100007F:1FE9", "0A", 997), [999, 997]),
        (line("0100007F:1FE9", "01", 999), []), (line("0100007F:1FE8", "0A", 999), []),
        (line("0400F00A:1FE9", "0A", 999), []), ("nonsense\n\n 1 2 3\n", []), ("", []),
    ])
    func whoListensIsReadFromTheKernelsList(lines: String, expected: [UInt32]) {
        #expect(LoopbackListener.all(port: 8_169, ipv4: Self.head + lines).map(\.uid) == expected)
    }

    @Test(arguments: [
        ("", line("00000000000000000000000000000000:1FE9", "0A", 998), [998]),
        ("", line("0000000000000000FFFF00000100007F:1FE9", "0A", 997), [997]),
        ("", line("0000000000000000FFFF000000000000:1FE9", "0A", 997), [997]),
        (line("0100007F:1FE9", "0A", 999), line("00000000000000000000000000000000:1FE9", "0A", 998), [999]),
        (line("00000000:1FE9", "0A", 999), line("0000000000000000FFFF00000100007F:1FE9", "0A", 997), [997]),
        ("", line("00000000000000000000000001000000:1FE9", "0A", 998), []),
        ("", line("00000000000000000000000000000000:1FE9", "01", 998), []),
    ])
    func aSocketOfBothFamiliesListensToo(ipv4: String, ipv6: String, expected: [UInt32]) {
        let found = LoopbackListener.all(port: 8_169, ipv4: Self.head + ipv4, ipv6: Self.head + ipv6)
        #expect(found.map(\.uid) == expected)
    }

    @Test func aPortBelowFourDigitsIsFound() {
        let lines = Self.head + Self.line("0100007F:0050", "0A", 0)
        #expect(LoopbackListener.all(port: 80, ipv4: lines).map(\.uid) == [0])
    }
}
