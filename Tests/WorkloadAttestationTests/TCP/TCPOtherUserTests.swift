import AccessPolicy
import Testing

@testable import WorkloadAttestation

/// TCP peers of users without an entry in `/etc/passwd`.
@Suite struct TCPOtherUserTests {
    private let attestor = PeerAttestor.patient()

    @Test(arguments: [["--groups", "7,8"], ["--clear-groups"]])
    func userAndGroupsAreThoseOfTheProcessNeedsRoot(groups: [String]) async throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient(under: ["setpriv", "--reuid", "12345", "--regid", "5"] + groups)
        try client.connects(to: "127.0.0.1", try listener.port)
        let peer = try attestor.peer(behind: try listener.accepted())
        #expect(peer.userID == 12_345)
        let workload = try await peer.workload([.groups, .executable])
        #expect(workload.userID == 12_345)
        #expect(workload.groupID == .known(5))
        #expect(workload.groups == .known(groups.count > 1 ? [7, 8] : []))
        #expect(workload.processID == client.processID)
        #expect(peer.isUnchanged())
    }

    /// Its files in `/proc` belong to root.
    @Test func aPeerThatDroppedItsPrivilegesIsAttestedNeedsRoot() async throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.does("become 12345")
        try client.connects(to: "127.0.0.1", try listener.port)
        let workload = try await attestor.peer(behind: try listener.accepted()).workload(.executable)
        #expect(workload.userID == 12_345)
        #expect(workload.processID == client.processID)
    }

    @Test func aConnectionThatAnotherUserMadeIsRefusedNeedsRoot() async throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try client.connects(to: "127.0.0.1", try listener.port)
        let peer = try attestor.peer(behind: try listener.accepted())
        try client.does("become 12345")
        #expect(peer.userID == 0)
        await expect(.replaced) { _ = try await peer.workload(.groups) }
    }
}
