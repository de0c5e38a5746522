import AccessPolicy
import Glibc
import Testing

@testable import WorkloadAttestation

/// Connections that a rule of nftables leads here, in network namespaces of their own.
@Suite struct RedirectionTests {
    @Test(arguments: [("169.254.169.254", "127.0.0.1"), ("169.254.169.254", "::"), ("fd00::254", "::1")])
    func aRedirectedClientIsAttestedAsItselfNeedsRoot(address: String, bound: String) async throws {
        try await NetworkThread.run {
            let listener = try TestSocket.listening(at: bound)
            let redirection = try TestRedirection(of: address, to: try listener.port)
            let client = try TestClient()
            let port = try client.connects(to: address, 80)
            let connection = try listener.accepted()
            let peer = try PeerAttestor.patient().peer(behind: connection)
            #expect(
                peer.originalDestination?.description == (address.contains(":") ? "[\(address)]:80" : "\(address):80")
            )
            #expect(peer.local.port == (try listener.port))
            #expect(peer.remote.port == port)
            #expect(peer.remote.description.contains(redirection.source))
            let workload = try await peer.workload(.all)
            #expect(workload.processID == client.processID)
            #expect(workload.executable.value?.contains("python") == true)
            #expect(peer.workloadAtOnce([])?.userID == geteuid())
            #expect(peer.isUnchanged())
            try client.does("close")
            try connection.becomesReadable()
            #expect(!peer.isUnchanged())
        }
    }

    @Test func whoConnectsDirectlyBesideARuleIsNotRedirectedNeedsRoot() async throws {
        try await NetworkThread.run {
            let listener = try TestSocket.listening(at: "127.0.0.1")
            _ = try TestRedirection(of: "169.254.169.254", to: try listener.port)
            let client = try TestClient()
            try client.connects(to: "127.0.0.1", try listener.port)
            let peer = try PeerAttestor.patient().peer(behind: try listener.accepted())
            #expect(peer.originalDestination == nil)
            #expect(try await peer.workload(.groups).processID == client.processID)
        }
    }

    /// The daemon does not see the port that the client has: it may be somebody else's.
    @Test func aClientWhosePortWasChangedIsRefusedNeedsRoot() async throws {
        try await NetworkThread.run {
            let listener = try TestSocket.listening(at: "127.0.0.1")
            let redirection = try TestRedirection(of: "169.254.169.254", to: try listener.port)
            let (direct, redirected) = (try TestClient(), try TestClient())
            let port = try direct.connects(to: "127.0.0.1", try listener.port, from: redirection.source)
            let first = try listener.accepted()
            try redirected.connects(to: redirection.address, 80, from: redirection.source, port)
            let second = try listener.accepted()
            #expect(try TCPEndpoint.ends(ofSocket: second.descriptor).remote.port != port)
            let attestor = PeerAttestor.patient()
            await expect(.unidentified) { _ = try attestor.peer(behind: second) }
            #expect(try await attestor.peer(behind: first).workload(.groups).processID == direct.processID)
        }
    }

    @Test func aRedirectedPeerIsNeverTheDaemonItselfNeedsRoot() async throws {
        try await NetworkThread.run {
            let listener = try TestSocket.listening(at: "127.0.0.1")
            let redirection = try TestRedirection(of: "169.254.169.254", to: try listener.port)
            let own = try TestSocket.connected(to: redirection.address, 80)
            let connection = try listener.accepted()
            let peer = try PeerAttestor.patient().peer(behind: connection)
            // Nobody is served before this was looked at, not even who needs no fact.
            for _ in 1...2 {
                #expect(peer.workloadAtOnce([]) == nil)
                await expect(.replaced) { _ = try await peer.workload([]) }
            }
            withExtendedLifetime(own) {}
        }
    }

    @Test func aRedirectedClientInANamedContainerIsAttestedNeedsRoot() async throws {
        try await NetworkThread.run {
            let listener = try TestSocket.listening(at: "0.0.0.0")
            _ = try TestRedirection(of: "169.254.169.254", to: try listener.port, at: "prerouting")
            let group = try TestControlGroup()
            let client = try TestClient(under: ["unshare", "-n"])
            try group.add(client.processID)
            let network = try TestNetwork(to: client.processID)
            try TestProcess.run([
                "nsenter", "-t", "\(client.processID)", "-n", "ip", "route", "add", "default", "via", network.address,
            ])
            try client.connects(to: "169.254.169.254", 80)
            let peer = try PeerAttestor.patient()
                .peer(behind: try listener.accepted(), containers: [group.containerID])
            #expect(peer.originalDestination?.description == "169.254.169.254:80")
            let workload = try await peer.workload(.controlGroup)
            #expect(workload.container == .known(group.containerID))
            #expect(workload.processID == client.processID)
            client.process.end()
        }
    }
}
