import Testing

@testable import WorkloadAttestation

/// Who holds a socket, in made-up folders of processes.
@Suite struct HolderSearchTests {
    private let tree: ProcessTree

    init() throws {
        tree = try ProcessTree()
    }

    private func find(
        limit: Duration = .seconds(60),
        now: (@Sendable () -> ContinuousClock.Instant)? = nil
    )
        throws(TCPAttestationError) -> TCPPeer
    {
        try TCPPeerFinder(
            containers: [],
            processes: tree.table,
            limit: limit,
            now: now ?? { ContinuousClock.now },
            ask: { (_, _) throws(TCPAttestationError) in Connection.socket() }
        )
        .find(local: Connection.daemon, remote: Connection.peer, needsProcess: true)
    }

    private func code(
        limit: Duration = .seconds(60),
        now: (@Sendable () -> ContinuousClock.Instant)? = nil
    )
        -> TCPAttestationError.Code?
    {
        refusal { () throws(TCPAttestationError) in try find(limit: limit, now: now) }
    }

    @Test func theOneHolderIsThePeer() throws {
        try tree.add(10, sockets: [1, Connection.inode, 2])
        try tree.add(11, sockets: [7777, 77])
        try tree.add(12, user: 0)
        #expect(try find() == TCPPeer(userID: 1000, inode: 777, processID: 10, processStart: 22))
    }

    @Test func severalDescriptorsOfOneProcessAreOneHolder() throws {
        try tree.add(10, sockets: [Connection.inode, Connection.inode])
        #expect(try find().processID == 10)
    }

    @Test(arguments: [1000, 2000])
    func twoHoldersAreRefusedWhoeverTheSecondIs(user: Int) throws {
        try tree.add(10, sockets: [Connection.inode])
        try tree.add(11, user: user, sockets: [Connection.inode])
        #expect(code() == .ambiguous)
    }

    @Test func aHolderThatRunsAsAnotherUserIsRefused() throws {
        try tree.add(10, user: 1001, sockets: [Connection.inode])
        #expect(code() == .foreignOwner)
    }

    @Test func aHolderThatDoesNotTellItsUserIsRefused() throws {
        try tree.add(10, sockets: [Connection.inode])
        try tree.write("10/status", "Name:\tUid:\t0\t1000\n")
        #expect(code() == .foreignOwner)
    }

    @Test func nobodyIsNotFound() throws {
        try tree.add(10, sockets: [1])
        #expect(code() == .notFound)
    }

    @Test func aThreadWithDescriptorsOfItsOwnIsLookedAt() throws {
        try tree.add(10)
        try tree.link("10/task/12/fd/9", to: "socket:[777]")
        #expect(try find().processID == 10)
        try tree.add(11, sockets: [Connection.inode])
        #expect(code() == .ambiguous)
    }

    @Test func aProcessOfTheSameUserThatCannotBeReadLeavesADoubt() throws {
        try tree.add(10, sockets: [Connection.inode])
        try tree.add(11)
        try tree.remove("11/fd")
        try tree.write("11/fd", "not a folder")
        #expect(code() == .unreadable)
    }

    @Test func aProcessOfAnotherUserThatCannotBeReadIsLeftOut() throws {
        try tree.add(10, sockets: [Connection.inode])
        try tree.add(11, user: 2000)
        try tree.remove("11/fd")
        try tree.write("11/fd", "not a folder")
        #expect(try find().processID == 10)
        try tree.remove("10")
        #expect(code() == .unreadable)
    }

    /// Such a process holds nothing, and only root may look whether it does.
    @Test(arguments: [
        ("Z (zombie)", 1, nil), ("Z (zombie)", 2, TCPAttestationError.Code.unreadable), ("S", 1, .unreadable),
    ])
    func onlyAProcessThatHasEndedWhollyIsLeftOut(
        state: String,
        threads: Int,
        expected: TCPAttestationError.Code?
    ) throws {
        try tree.add(10, sockets: [Connection.inode])
        try tree.add(11)
        try tree.remove("11/fd")
        try tree.write("11/fd", "not a folder")
        try tree.write("11/status", "State:\t\(state)\nUid:\t1000\t1000\t1000\t1000\nThreads:\t\(threads)\n")
        #expect(code() == expected)
    }

    @Test func aDescriptorThatIsNoLinkLeavesADoubt() throws {
        try tree.add(10, sockets: [Connection.inode])
        try tree.add(11)
        try tree.write("11/fd/3", "socket:[777]")
        #expect(code() == .unreadable)
    }

    @Test(arguments: [
        "socket:[777", "socket:[7777]", "socket:[777]x", "SOCKET:[777]", "/tmp/socket:[777]", "socket:[0777]",
    ])
    func onlyTheLinkOfTheSocketCounts(target: String) throws {
        try tree.add(10)
        try tree.link("10/fd/3", to: target)
        #expect(code() == .notFound)
    }

    @Test func foldersThatAreNoProcessAreLeftOut() throws {
        for name in ["self", "99999999999", "-5", "10x", ""] {
            try tree.link("\(name.isEmpty ? "x" : name)/fd/3", to: "socket:[777]")
        }
        #expect(code() == .notFound)
    }

    @Test func aProcessThatIsALinkElsewhereIsRefused() throws {
        try tree.add(10, sockets: [Connection.inode])
        try tree.link("11", to: tree.path + "/10")
        #expect(code() == .unreadable)
    }

    @Test func aSearchThatTakesTooLongIsGivenUp() throws {
        for process in 10..<20 { try tree.add(process) }
        try tree.add(20, sockets: [Connection.inode])
        let clock = SteppingClock(step: .milliseconds(100))
        #expect(code(limit: .seconds(1), now: { clock.next() }) == .timedOut)
        #expect(clock.readings > 2)
    }

    @Test func aMissingTableOfProcessesIsAnError() throws {
        try tree.remove("")
        #expect(code() == .unreadable)
    }

    @Test func whoeverCannotLookIsToldWhichCapabilitiesAreMissing() {
        let error = TCPAttestationError.unreadable("the descriptors of process 10", FileFault(code: 13))
        #expect(error.description.contains("CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"))
    }
}
