import Testing

@testable import WorkloadAttestation

extension PeerAttestor {
    /// An attestor that a busy machine does not hurry.
    static func patient(observer: @escaping AttestationObserver = { _ in }) -> PeerAttestor {
        var limits = AttestationLimits()
        limits.lookupTime = .seconds(60)
        limits.searchTime = .seconds(60)
        return PeerAttestor(limits: limits, observer: observer)
    }

    func peer(
        behind connection: TestSocket,
        containers: Set<String> = []
    ) throws(AttestationError) -> TCPAttestedPeer {
        try peer(ofTCPSocket: connection.descriptor, containers: containers)
    }
}

/// Expects that `work` ends with this code.
func expect(_ code: AttestationError.Code, _ work: () async throws -> Void) async {
    let error = await #expect(throws: AttestationError.self) { try await work() }
    #expect(error?.code == code, "\(String(describing: error))")
}
