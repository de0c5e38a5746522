import AccessPolicy
import Dispatch
import Synchronization
import Testing
import WorkloadAttestation

struct HangingLookupTests {
    @Test(.timeLimit(.minutes(1)))
    func aLookupThatHangsIsGivenUpAndRefusedAtOnceFromThenOn() async throws {
        let folder = try TestFolder()
        let peers = try (0..<3).map { _ in try Peer(in: folder) }
        let hanging = HangingPath("/usr/bin/perl")
        var limits = AttestationLimits()
        limits.lookupTime = .milliseconds(50)
        limits.lookups = .init(threads: 4, threadsPerKey: 2, jobs: 8, jobsPerKey: 8)
        let attestor = PeerAttestor(limits: limits, observer: hanging.observer)
        let attested = try peers.map { try attestor.peer(ofSocket: $0.connection) }
        for (index, peer) in attested.prefix(2).enumerated() {
            // On a busy machine the time may be over before a thread has come to the path.
            repeat {
                let error = await #expect(throws: AttestationError.self) { _ = try await peer.workload(.executable) }
                #expect(error?.code == .busy)
            } while hanging.count <= index
        }
        // Both threads of this user hang: nobody waits for a third.
        let error = await #expect(throws: AttestationError.self) { _ = try await attested[2].workload(.executable) }
        #expect(error?.description.contains("does not answer") == true)
        // What needs no lookup is there.
        #expect(attested[2].workloadAtOnce([.groups]) != nil)
        // Once the file system answers, all is well.
        hanging.release()
        while true {
            do throws(AttestationError) {
                let workload = try await attested[2].workload(.executable)
                #expect(workload.executable == .known("/usr/bin/perl"))
                break
            } catch {
                try #require(error.code == .busy)
                await Task.yield()
            }
        }
    }
}

/// A path whose file system does not answer until it is released.
private final class HangingPath: Sendable {
    private let path: AttestationAccess
    private let gate = DispatchSemaphore(value: 0)
    private let arrivals = Atomic(0)

    init(_ path: String) { self.path = .path(path) }

    var observer: AttestationObserver {
        { [self] access in
            guard access == path else { return }
            arrivals.add(1, ordering: .relaxed)
            gate.wait()
            gate.signal()
        }
    }

    /// How many threads have come to it.
    var count: Int { arrivals.load(ordering: .relaxed) }

    func release() { gate.signal() }
}
