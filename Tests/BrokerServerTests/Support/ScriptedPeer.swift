import AccessPolicy
import Synchronization
import WorkloadAttestation

@testable import BrokerServer

/// A peer that is what the test says.
final class ScriptedPeer: Peer {
    private struct Protected {
        var workload: Workload
        var isUnchanged = true
        var error: AttestationError?
        var asked: [RequiredFacts] = []
    }

    private let protected: Mutex<Protected>
    let userID: UInt32
    let processID: Int32

    init(_ workload: Workload) {
        (userID, processID) = (workload.userID, workload.processID)
        protected = Mutex(Protected(workload: workload))
    }

    /// What was asked for, in this order.
    var asked: [RequiredFacts] { protected.withLock { $0.asked } }

    /// The process executes another program.
    func change() { protected.withLock { $0.isUnchanged = false } }

    /// Attestation fails from now on.
    func fail(_ error: AttestationError) { protected.withLock { $0.error = error } }

    func workload(_ facts: RequiredFacts) async throws(AttestationError) -> Workload {
        let (workload, error) = protected.withLock { protected in
            protected.asked.append(facts)
            return (protected.workload, protected.error)
        }
        if let error { throw error }
        return workload
    }

    func workloadAtOnce(_ facts: RequiredFacts) -> Workload? {
        protected.withLock { $0.error == nil ? $0.workload : nil }
    }

    func isUnchanged() -> Bool { protected.withLock { $0.isUnchanged } }
}
