internal import AccessPolicy
package import WorkloadAttestation

/// Who is at the other end of a connection, for as long as it lives.
protocol Peer: Sendable {
    var userID: UInt32 { get }
    /// 0 when it is not known.
    var processID: Int32 { get }
    /// The workload with at least `facts`; it may have to wait for them.
    func workload(_ facts: RequiredFacts) async throws(AttestationError) -> Workload
    /// The same, when nothing has to be waited for.
    func workloadAtOnce(_ facts: RequiredFacts) -> Workload?
    /// Whether the process is still what was attested.
    func isUnchanged() -> Bool
}

extension AttestedPeer: Peer {}
extension TCPAttestedPeer: Peer {}
