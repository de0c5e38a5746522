import Testing

@testable import WorkloadAttestation

/// Clients in a network namespace of their own, as in a container.
@Suite struct NetworkNamespaceTests {
    @Test func aPeerInAnotherNamespaceIsFoundOnlyInANamedContainerNeedsRoot() throws {
        let group = try TestControlGroup()
        let client = try TestClient(under: ["unshare", "-n"])
        let network = try TestNetwork(to: client.processID)
        let listener = try TestSocket.listening(at: network.address)
        try client.connects(to: network.address, try listener.port)
        let connection = try listener.accepted()
        let container: Set<String> = [group.containerID]

        #expect(TCPPeerFinder.patient().refusal(behind: connection, needsProcess: false)?.code == .notFound)
        // It is not in the container yet.
        #expect(
            TCPPeerFinder.patient(containers: container).refusal(behind: connection, needsProcess: true)?.code
                == .notFound
        )
        try group.add(client.processID)
        #expect(TCPPeerFinder.patient().refusal(behind: connection, needsProcess: true)?.code == .notFound)
        for needsProcess in [false, true] {
            let peer = try TCPPeerFinder.patient(containers: container)
                .find(behind: connection, needsProcess: needsProcess)
            #expect(peer.container == group.containerID)
            #expect(peer.processID == client.processID)
            #expect(peer.userID == 0)
        }
        let others: Set<String> = [String(group.containerID.reversed())]
        #expect(
            TCPPeerFinder.patient(containers: others).refusal(behind: connection, needsProcess: true)?.code == .notFound
        )
        client.process.end()
    }

    @Test func aProcessThatOnlySharesTheContainersNamespaceIsRefusedNeedsRoot() throws {
        let group = try TestControlGroup()
        let first = try TestClient(under: ["unshare", "-n"])
        try group.add(first.processID)
        let network = try TestNetwork(to: first.processID)
        let second = try TestClient(under: ["nsenter", "-t", "\(first.processID)", "-n"])
        let listener = try TestSocket.listening(at: network.address)
        try second.connects(to: network.address, try listener.port)
        let finder = TCPPeerFinder.patient(containers: [group.containerID])
        #expect(finder.refusal(behind: try listener.accepted(), needsProcess: true)?.code == .foreignOwner)
        first.process.end()
    }
}
