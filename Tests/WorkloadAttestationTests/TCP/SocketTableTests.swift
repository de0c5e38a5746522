import Testing

@testable import WorkloadAttestation

@Suite struct SocketTableTests {
    private static func records(_ text: String) throws(TCPAttestationError) -> Set<SocketRecord> {
        try SocketTable(text: Array(text.utf8)).records(own: Connection.peer, other: Connection.daemon)
    }

    private static func code(_ text: String) -> TCPAttestationError.Code? {
        refusal { () throws(TCPAttestationError) in try records(text) }
    }

    private static let expected = SocketRecord(
        own: Connection.peer,
        other: Connection.daemon,
        userID: 1000,
        inode: 777,
        cookie: nil
    )

    @Test func theLineWithBothEndsIsTheSocket() throws {
        let header =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        let other = "   1: 0200000A:1235 0100000A:0050 01 0:0 00:0 0  9        0 9 1\n"
        #expect(try Self.records(header + other + Connection.line()) == [Self.expected])
        // The last line may lack its end, and the table may list one socket twice while it changes.
        #expect(try Self.records(Connection.line() + Connection.line().dropLast()) == [Self.expected])
    }

    @Test func anIPv4AddressIsAlsoFoundMapped() throws {
        let mapped = "0000000000000000FFFF0000"
        let line = "   0: \(mapped)0200000A:1234 \(mapped)0100000A:0050 01 0:0 00:0 0  1000        0 777 1\n"
        #expect(try Self.records(line) == [Self.expected])
    }

    @Test func theDirectionCounts() throws {
        let line = "   0: 0100000A:0050 0200000A:1234 01 0:0 00:0 0  1000        0 777 1\n"
        #expect(try Self.records(line).isEmpty)
    }

    @Test(arguments: ["02", "03", "06", "07", "09", "0A", "0B", "0C"])
    func aSocketThatIsNotConnectedIsLeftOut(state: String) throws {
        #expect(try Self.records(Connection.line(state: state)).isEmpty)
    }

    @Test(arguments: [
        "   0: 0200000A:1234 0100000A:0050\n",
        "   0: 0200000A:1234 0100000A:0050 01\n",
        "   0: 0200000A:1234 0100000A:0050 01 0:0 00:0 0  1000        0\n",
        Connection.line(state: "1"),
        Connection.line(state: "+1"),
        Connection.line(state: "001"),
        Connection.line(state: "ZZ"),
        Connection.line(user: "-1"),
        Connection.line(user: "+1000"),
        Connection.line(user: "4294967296"),
        Connection.line(user: "0x10"),
        Connection.line(inode: "18446744073709551616"),
        Connection.line(inode: "-7"),
        Connection.line(inode: "777\0"),
        Connection.line() + Connection.line(user: "root"),
    ])
    func aLineAboutTheConnectionThatCannotBeReadIsAnError(text: String) {
        #expect(Self.code(text) == .unreadable)
    }

    @Test(arguments: [
        "", "\n\n\n", " ", ":", "\0", "0200000A:1234 0100000A:0050 01 1000 777",
        "   0: 0200000a:1234 0100000A:0050 01\n",
        "   0: 200000A:1234 0100000A:0050 01\n", String(repeating: " ", count: 100_000),
        String(repeating: "0 ", count: 100_000),
    ])
    func otherTextHoldsNoSocket(text: String) throws {
        #expect(try Self.records(text).isEmpty)
    }
}
