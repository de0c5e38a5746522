import Glibc
import Testing

@testable import WorkloadAttestation

/// Peers of users without an entry in `/etc/passwd`.
@Suite struct OtherUserTests {
    private let finder = TCPPeerFinder.patient()

    @Test func aPeerOfAnotherUserIsFoundNeedsRoot() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient(under: ["setpriv", "--reuid", "12345", "--clear-groups"])
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        #expect(try finder.find(behind: connection, needsProcess: false).userID == 12_345)
        let peer = try finder.find(behind: connection, needsProcess: true)
        #expect(peer.userID == 12_345)
        #expect(peer.processID == client.processID)
    }

    /// Its folder in `/proc` belongs to root.
    @Test func aPeerThatDroppedItsPrivilegesIsFoundNeedsRoot() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.does("become 12345")
        try client.connects(to: "127.0.0.1", try listener.port)
        let peer = try finder.find(behind: try listener.accepted(), needsProcess: true)
        #expect(peer.userID == 12_345)
        #expect(peer.processID == client.processID)
    }

    @Test func aPeerThatConnectedBeforeItTookItsUserIsRefusedNeedsRoot() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        try client.does("become 12345")
        #expect(finder.refusal(behind: connection, needsProcess: true)?.code == .foreignOwner)
    }

    @Test func aSocketPassedToAnotherUserIsRefusedNeedsRoot() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.does("helper_as 12345")
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        try client.does("give")
        #expect(finder.refusal(behind: connection, needsProcess: true)?.code == .ambiguous)
        try client.does("close")
        #expect(finder.refusal(behind: connection, needsProcess: true)?.code == .foreignOwner)
        #expect(try finder.find(behind: connection, needsProcess: false).userID == 0)
    }

    /// As for a daemon without capabilities: what a thread may read follows its user for files.
    @Test func withoutTheCapabilitiesOtherUsersProcessesAreRefusedNeedsRoot() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.connects(to: "127.0.0.1", try listener.port)
        let connection = try listener.accepted()
        // Glibc's module leaves the function out.
        let function = try #require(dlsym(nil, "setfsuid"))
        let setFileUser = unsafeBitCast(function, to: (@convention(c) (uid_t) -> CInt).self)
        _ = setFileUser(12_345)
        let refusal = finder.refusal(behind: connection, needsProcess: true)
        _ = setFileUser(0)
        #expect(refusal?.code == .unreadable)
        #expect(refusal?.description.contains("CAP_SYS_PTRACE") == true)
        #expect(try finder.find(behind: connection, needsProcess: true).processID == client.processID)
    }
}
