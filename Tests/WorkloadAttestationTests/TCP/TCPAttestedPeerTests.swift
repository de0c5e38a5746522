import AccessPolicy
import Glibc
import Testing

@testable import WorkloadAttestation

/// Peers of real connections, in the network namespace of this process.
@Suite struct TCPAttestedPeerTests {
    private let attestor = PeerAttestor.patient()

    /// A client of its own process, and the accepted end of its connection.
    private func connected(
        to address: String = "127.0.0.1",
        boundTo bound: String? = nil
    ) throws -> (client: TestClient, connection: TestSocket) {
        let listener = try TestSocket.listening(at: bound ?? address)
        let client = try TestClient()
        try client.connects(to: address, try listener.port)
        return (client, try listener.accepted())
    }

    @Test func theUserIsKnownAtOnceAndNothingElse() throws {
        let (client, connection) = try connected()
        let observations = Observations()
        let peer = try PeerAttestor.patient(observer: observations.observer).peer(behind: connection)
        #expect(peer.userID == geteuid())
        #expect(peer.processID == 0)
        #expect(peer.workloadAtOnce([]) == Workload(processID: 0, userID: geteuid()))
        for fact in [RequiredFacts.groups, .label, .executable, .all] { #expect(peer.workloadAtOnce(fact) == nil) }
        #expect(peer.isUnchanged())
        #expect(observations.all == [])
        client.process.end()
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("127.0.0.1", "::"), ("::ffff:127.0.0.1", "127.0.0.1"),
    ])
    func factsAreThoseOfTheProcessThatConnected(address: String, bound: String) async throws {
        let (client, connection) = try connected(to: address, boundTo: bound)
        let peer = try attestor.peer(behind: connection)
        #expect(peer.originalDestination == nil)
        let ends = try TCPEndpoint.ends(ofSocket: connection.descriptor)
        #expect(peer.local == ends.local && peer.remote == ends.remote)
        let workload = try await peer.workload(.all)
        #expect(workload.processID == client.processID)
        #expect(workload.executable.value?.contains("python") == true)
        #expect(workload.groupID == .known(getegid()))
        #expect(workload.sha256.value != nil)
        #expect(workload == (try await attestor.process(client.processID).workload(.all)))
        #expect(peer.processID == client.processID)
        #expect(peer.workloadAtOnce([.executable, .groups]) == workload)
        #expect(peer.isUnchanged())
    }

    @Test func moreFactsCanBeAskedForLater() async throws {
        let (client, connection) = try connected()
        let peer = try attestor.peer(behind: connection)
        let first = try await peer.workload(.controlGroup)
        #expect(first.processID == client.processID)
        #expect(first.executable == .notGathered)
        #expect(peer.workloadAtOnce(.groups) == first)
        let second = try await peer.workload(.executable)
        #expect(second.executable.value != nil)
        #expect(second.unit == first.unit)
        #expect(peer.workloadAtOnce([.controlGroup, .executable]) == second)
    }

    @Test func requestsAtTheSameTimeGatherOnce() async throws {
        let (client, connection) = try connected()
        let observations = Observations()
        let peer = try PeerAttestor.patient(observer: observations.observer).peer(behind: connection)
        try await withThrowingTaskGroup(of: Workload.self) { group in
            for _ in 0..<20 { group.addTask { try await peer.workload(.loginUser) } }
            for try await workload in group { #expect(workload.processID == client.processID) }
        }
        #expect(observations.all.count { $0 == .processFile("loginuid") } == 1)
    }

    @Test func twoHoldersAreRefusedOnlyWhenTheProcessMatters() async throws {
        let (client, connection) = try connected()
        let child = try client.does("fork")
        let peer = try attestor.peer(behind: connection)
        await expect(.unidentified) { _ = try await peer.workload(.executable) }
        #expect(peer.processID == 0)
        #expect(try await peer.workload([]).userID == geteuid())
        #expect(peer.isUnchanged())
        try client.does("close")
        #expect(try await peer.workload(.executable).processID == Int32(child))
    }

    @Test func aPeerThatForkedAfterAttestationIsRefusedMoreFacts() async throws {
        let (client, connection) = try connected()
        let peer = try attestor.peer(behind: connection)
        let workload = try await peer.workload(.groups)
        try client.does("fork")
        await expect(.unidentified) { _ = try await peer.workload(.executable) }
        #expect(peer.workloadAtOnce(.executable) == nil)
        // What was attested stands as long as the process runs.
        #expect(peer.workloadAtOnce(.groups) == workload)
    }

    @Test func aProgramThatIsExecutedAfterAttestationIsNoticed() async throws {
        let (client, connection) = try connected()
        let peer = try attestor.peer(behind: connection)
        _ = try await peer.workload(.executable)
        #expect(peer.isUnchanged())
        try client.executes()
        #expect(!peer.isUnchanged())
        await expect(.executed) { _ = try await peer.workload(.sha256) }
        // The same connection, looked at anew.
        #expect(try await attestor.peer(behind: connection).workload(.executable).executable == .known("/usr/bin/cat"))
    }

    @Test(arguments: ["close", "reset"])
    func aPeerThatHungUpIsNoticed(how: String) async throws {
        let (client, connection) = try connected()
        let (bare, attested) = (try attestor.peer(behind: connection), try attestor.peer(behind: connection))
        _ = try await attested.workload(.groups)
        try client.does(how)
        try connection.becomesReadable()
        #expect(!bare.isUnchanged())
        #expect(!attested.isUnchanged())
        await expect(.unidentified) { _ = try await bare.workload(.groups) }
        await expect(.unidentified) { _ = try self.attestor.peer(behind: connection) }
    }

    @Test func aPeerThatSentAllItWantsToIsStillThere() async throws {
        let (client, connection) = try connected()
        try client.does("half_close")
        try connection.becomesReadable()
        let peer = try attestor.peer(behind: connection)
        #expect(try await peer.workload(.groups).processID == client.processID)
        #expect(peer.isUnchanged())
    }

    /// The connection lives on in the child.
    @Test func aProcessThatEndedIsNoticedEvenWhenItsConnectionLivesOn() async throws {
        let (client, connection) = try connected()
        let (bare, attested) = (try attestor.peer(behind: connection), try attestor.peer(behind: connection))
        _ = try await attested.workload(.groups)
        let child = try client.does("fork")
        kill(client.processID, SIGKILL)
        try #require(waitpid(client.processID, nil, 0) == client.processID)
        #expect(bare.isUnchanged())
        #expect(!attested.isUnchanged())
        await expect(.exited) { _ = try await attested.workload(.executable) }
        #expect(try await bare.workload(.groups).processID == Int32(child))
    }

    @Test func whatIsNoTCPConnectionIsNotAttested() async throws {
        var pair: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0)
        defer { for descriptor in pair { close(descriptor) } }
        let listener = try TestSocket.listening(at: "127.0.0.1")
        for descriptor in [pair[0], listener.descriptor, -1] {
            await expect(.unidentified) { _ = try self.attestor.peer(ofTCPSocket: descriptor, containers: ["x"]) }
        }
    }
}
