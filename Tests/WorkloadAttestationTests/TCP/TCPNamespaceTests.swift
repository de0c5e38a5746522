import AccessPolicy
import Testing

@testable import WorkloadAttestation

/// TCP peers in network namespaces of their own, as in containers.
@Suite struct TCPNamespaceTests {
    @Test func aStrangerIsRefusedAtOnceWhenNoGrantNamesAContainerNeedsRoot() async throws {
        let client = try TestClient(under: ["unshare", "-n"])
        let network = try TestNetwork(to: client.processID)
        let listener = try TestSocket.listening(at: network.address)
        try client.connects(to: network.address, try listener.port)
        let connection = try listener.accepted()
        await expect(.unidentified) { _ = try PeerAttestor.patient().peer(behind: connection) }
        client.process.end()
    }

    @Test func aPeerInANamedContainerIsKnownOnceItWasLookedForNeedsRoot() async throws {
        let group = try TestControlGroup()
        let client = try TestClient(under: ["setpriv", "--reuid", "12345", "--clear-groups", "unshare", "-rn"])
        let network = try TestNetwork(to: client.processID)
        let listener = try TestSocket.listening(at: network.address)
        try client.connects(to: network.address, try listener.port)
        let connection = try listener.accepted()
        let peer = try PeerAttestor.patient().peer(behind: connection, containers: [group.containerID])
        #expect(peer.userID == TCPAttestedPeer.unknownUser)
        #expect(peer.workloadAtOnce([]) == nil)
        #expect(!peer.isUnchanged())
        // It is not in the container yet.
        await expect(.unidentified) { _ = try await peer.workload([]) }
        #expect(peer.userID == TCPAttestedPeer.unknownUser)
        try group.add(client.processID)
        let workload = try await peer.workload(.controlGroup)
        #expect(workload.container == .known(group.containerID))
        #expect(workload.userID == 12_345)
        #expect(peer.userID == 12_345)
        #expect(peer.processID == client.processID)
        #expect(peer.workloadAtOnce([]) == workload)
        #expect(peer.isUnchanged())
        client.process.end()
        #expect(!peer.isUnchanged())
    }
}
