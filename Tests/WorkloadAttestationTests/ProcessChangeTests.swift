import AccessPolicy
import Glibc
import Testing
import WorkloadAttestation

/// Processes that end, execute or are replaced while somebody wants to know who they are.
struct ProcessChangeTests {
    @Test(arguments: PidfdSource.allCases)
    func aPeerThatEndedBeforeIsRefusedAndItsUserIsKnown(source: PidfdSource) async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        try peer.leaveTheSocketToAChild()
        let attested = try PeerAttestor(pidfdSource: source).peer(ofSocket: peer.connection)
        #expect(attested.processID == peer.process.processID)
        #expect(attested.workloadAtOnce([.groups])?.userID == geteuid())
        await expect(.exited) { _ = try await attested.workload(.loginUser) }
        #expect(attested.isUnchanged())
    }

    @Test(arguments: PidfdSource.allCases, ["stat", "exe", "cgroup", "loginuid"])
    func aPeerThatEndsDuringAttestationIsRefused(source: PidfdSource, file: String) async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let setUp = PeerAttestor(pidfdSource: source, observer: { _ in })
        _ = try setUp.peer(ofSocket: peer.connection)
        let end = Observations(at: .processFile(file)) { peer.process.end() }
        let attestor = PeerAttestor(pidfdSource: source, observer: end.observer)
        let attested = try attestor.peer(ofSocket: peer.connection)
        await expect(.exited) { _ = try await attested.workload(.all) }
    }

    @Test(arguments: PidfdSource.allCases)
    func theProgramIsTheOneThatRunsWhenItIsLookedAt(source: PidfdSource) async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let attested = try PeerAttestor(pidfdSource: source).peer(ofSocket: peer.connection)
        try peer.execute("/bin/cat")
        #expect(try await attested.workload(.executable).executable == .known("/usr/bin/cat"))
        #expect(attested.isUnchanged())
    }

    @Test(arguments: PidfdSource.allCases)
    func aPeerThatExecutesDuringAttestationIsRefused(source: PidfdSource) async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let execution = Observations(at: .path("/usr/bin/perl")) {
            do { try peer.execute("/bin/cat") } catch { Issue.record(error) }
        }
        let attested = try PeerAttestor(pidfdSource: source, observer: execution.observer)
            .peer(ofSocket: peer.connection)
        await expect(.executed) { _ = try await attested.workload(.executable) }
    }

    @Test(arguments: PidfdSource.allCases)
    func aPeerThatExecutesWhileItsProgramIsReadIsRefused(source: PidfdSource) async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let execution = Observations(at: .content) {
            do { try peer.execute("/bin/cat") } catch { Issue.record(error) }
        }
        let attested = try PeerAttestor(pidfdSource: source, observer: execution.observer)
            .peer(ofSocket: peer.connection)
        await expect(.executed) { _ = try await attested.workload(.sha256) }
    }

    @Test(arguments: PidfdSource.allCases)
    func aPeerThatExecutesAfterAttestationIsNoticed(source: PidfdSource) async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let attested = try PeerAttestor(pidfdSource: source).peer(ofSocket: peer.connection)
        _ = try await attested.workload(.executable)
        #expect(attested.isUnchanged())
        try peer.execute("/bin/cat")
        #expect(!attested.isUnchanged())
        await expect(.executed) { _ = try await attested.workload(.sha256) }
    }

    @Test(arguments: PidfdSource.allCases)
    func aPeerThatEndsAfterAttestationIsNoticed(source: PidfdSource) async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let attested = try PeerAttestor(pidfdSource: source).peer(ofSocket: peer.connection)
        _ = try await attested.workload(.executable)
        peer.process.end()
        #expect(!attested.isUnchanged())
    }

    @Test(arguments: PidfdSource.allCases)
    func theProcessThatConnectedIsJudgedWhoeverHoldsTheSocket(source: PidfdSource) async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        try peer.process.send("fork and exec")
        // The child has the socket, is another program, and answers.
        try peer.answer()
        let workload = try await PeerAttestor(pidfdSource: source).peer(ofSocket: peer.connection).workload(.executable)
        #expect(workload.processID == peer.process.processID)
        #expect(workload.executable == .known("/usr/bin/perl"))
    }

    @Test(arguments: PidfdSource.allCases)
    func aProcessWithThePeersNumberIsNotThePeerNeedsRoot(source: PidfdSource) async throws {
        try #require(geteuid() == 0)
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let attested = try PeerAttestor(pidfdSource: source).peer(ofSocket: peer.connection)
        try peer.leaveTheSocketToAChild()
        let other = try ReusedNumber.process(peer.process.processID, ["/bin/cat"])
        try other.send("here")
        try #require(try other.line() == "here")
        await expect(.exited) { _ = try await attested.workload(.executable) }
    }

    @Test(arguments: [(PidfdSource.socket, AttestationError.Code.exited), (.processNumber, .replaced)])
    func aNumberThatWentToAnotherUserBeforeTheLookIsNoticedNeedsRoot(
        source: PidfdSource,
        code: AttestationError.Code
    ) async throws {
        try #require(geteuid() == 0)
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        try peer.leaveTheSocketToAChild()
        let words = ["/usr/bin/setpriv", "--reuid", "1234", "--regid", "5", "--clear-groups", "/bin/cat"]
        let other = try ReusedNumber.process(peer.process.processID, words)
        try other.send("here")
        try #require(try other.line() == "here")
        let attested = try PeerAttestor(pidfdSource: source).peer(ofSocket: peer.connection)
        #expect(attested.userID == 0)
        await expect(code) { _ = try await attested.workload(.executable) }
    }

    @Test func aPeerThatChangesItsUserIsRefusedNeedsRoot() async throws {
        try #require(geteuid() == 0)
        let folder = try TestFolder()
        // A copy of cat that is setuid: the process goes on as another user than connected.
        let program = try folder.program("setuid")
        try #require(chown(program, 1_234, 0) == 0 && chmod(program, 0o4755) == 0)
        let peer = try Peer(in: folder)
        let attested = try PeerAttestor().peer(ofSocket: peer.connection)
        try peer.execute(program)
        await expect(.replaced) { _ = try await attested.workload(.executable) }
    }

    private func expect(
        _ code: AttestationError.Code,
        _ work: () async throws -> Void
    ) async {
        let error = await #expect(throws: AttestationError.self) { try await work() }
        #expect(error?.code == code, "\(String(describing: error))")
    }
}
