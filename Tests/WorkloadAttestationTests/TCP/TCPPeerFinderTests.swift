import Glibc
import Testing

@testable import WorkloadAttestation

/// Real connections of real processes.
@Suite struct TCPPeerFinderTests {
    private let finder = TCPPeerFinder.patient()

    @Test(arguments: ["127.0.0.1", "::1"])
    func aPeerInThisProcessIsFound(address: String) throws {
        let listener = try TestSocket.listening(at: address)
        let client = try TestSocket.connected(to: address, try listener.port)
        let peer = try TCPPeerFinder().find(behind: try listener.accepted(), needsProcess: false)
        #expect(peer == TCPPeer(userID: getuid(), inode: try client.inode))
    }

    /// The daemon's socket takes both families, or the client's does.
    @Test(arguments: [("::", "127.0.0.1"), ("127.0.0.1", "::ffff:127.0.0.1"), ("::", "::ffff:127.0.0.1")])
    func mappedAddressesAreUnderstood(bound: String, target: String) throws {
        let listener = try TestSocket.listening(at: bound)
        let client = try TestSocket.connected(to: target, try listener.port)
        let connection = try listener.accepted()
        #expect(try TCPEndpoint.ends(ofSocket: connection.descriptor).remote.address == [127, 0, 0, 1])
        let peer = try finder.find(behind: connection, needsProcess: false)
        #expect(peer == TCPPeer(userID: getuid(), inode: try client.inode))
    }

    /// The kernel finds such a socket only for packets of that device.
    @Test(arguments: ["127.0.0.1", "::1"])
    func aPeerThatIsBoundToTheLoopbackDeviceIsFound(address: String) throws {
        let listener = try TestSocket.listening(at: address)
        let client = try TestSocket.connected(to: address, try listener.port, over: "lo")
        let peer = try finder.find(behind: try listener.accepted(), needsProcess: false)
        #expect(peer.inode == (try client.inode))
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func anotherProcessIsFound(address: String) throws {
        let listener = try TestSocket.listening(at: address)
        let client = try TestClient()
        try client.connects(to: address, try listener.port)
        let connection = try listener.accepted()
        let peer = try finder.find(behind: connection, needsProcess: true)
        #expect(peer.processID == client.processID)
        #expect(peer.userID == getuid())
        #expect(peer.processStart != nil)
        #expect(try finder.find(behind: connection, needsProcess: true) == peer)
    }

    @Test func oneOfTwoConnectionsWithTheSamePortsIsNotTheOther() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let (first, second) = (try TestClient(), try TestClient())
        let port = try first.connects(to: "127.0.0.1", try listener.port, from: "127.0.0.2")
        let firstConnection = try listener.accepted()
        #expect(try second.connects(to: "127.0.0.1", try listener.port, from: "127.0.0.3", port) == port)
        let secondConnection = try listener.accepted()
        #expect(try finder.find(behind: firstConnection, needsProcess: true).processID == first.processID)
        #expect(try finder.find(behind: secondConnection, needsProcess: true).processID == second.processID)
    }

    @Test func aListenerIsNotAPeer() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let ends = (
            daemon: TCPEndpoint(ipv4: 127, 0, 0, 1, port: 9),
            listener: TCPEndpoint(ipv4: 127, 0, 0, 1, port: try listener.port)
        )
        let code = refusal { () throws(TCPAttestationError) in
            try finder.find(local: ends.daemon, remote: ends.listener, needsProcess: false)
        }
        #expect(code == .notFound)
    }

    @Test func aSocketSharedByForkIsRefused() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        let child = try client.does("fork")
        let refusal = try #require(finder.refusal(behind: connection, needsProcess: true))
        #expect(refusal.code == .ambiguous)
        #expect(refusal.description.contains(child) && refusal.description.contains("\(client.processID)"))
        // Which user it is can still be told.
        #expect(try finder.find(behind: connection, needsProcess: false).userID == getuid())
        try client.does("close")
        #expect(try finder.find(behind: connection, needsProcess: true).processID == Int32(child))
    }

    @Test func aSocketPassedToAnotherProcessIsRefusedUntilThatOneAloneHoldsIt() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        let helper = try client.does("helper_as -")
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        #expect(try finder.find(behind: connection, needsProcess: true).processID == client.processID)
        try client.does("give")
        #expect(finder.refusal(behind: connection, needsProcess: true)?.code == .ambiguous)
        try client.does("close")
        #expect(try finder.find(behind: connection, needsProcess: true).processID == Int32(helper))
    }

    @Test func aThreadCannotHideItsCopy() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        #expect(try client.does("hide") == "done")
        #expect(try finder.find(behind: connection, needsProcess: true).processID == client.processID)
        try client.does("close")
        // Only the thread has it now.
        #expect(try finder.find(behind: connection, needsProcess: true).processID == client.processID)
    }

    @Test func aPeerThatSentAllItWantsToIsStillThere() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        try client.does("half_close")
        try connection.becomesReadable()
        #expect(try finder.find(behind: connection, needsProcess: true).processID == client.processID)
    }

    @Test(arguments: ["close", "reset"])
    func aPeerThatHungUpIsRefused(how: String) throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        try client.does(how)
        try connection.becomesReadable()
        #expect(finder.refusal(behind: connection, needsProcess: false)?.code == .notFound)
        #expect(finder.refusal(behind: connection, needsProcess: true)?.code == .notFound)
    }

    @Test func aPeerThatEndedIsRefused() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        client.process.end()
        #expect(finder.refusal(behind: connection, needsProcess: false)?.code == .notFound)
    }
}
