internal import BrokerAPI
internal import WorkloadAttestation

/// A caller that nobody can vouch for, and what it is told.
struct Refused: Error, Sendable {
    let response: Response

    init(_ response: Response) {
        self.response = response
    }

    init(notAttested error: AttestationError, _ peer: any Peer, _ gate: Gate) {
        let record = gate.notAttested("\(error)", peer)
        guard error.code == .busy else {
            response = Response(.denied, "this process is served nothing: \(record.refusal)", decision: record.id)
            return
        }
        var response = Response(.unavailable, "this process cannot be attested at the moment: \(error)")
        response.retryAfter = 1
        self.response = response
    }
}

extension Response {
    static func methodNotAllowed(allow: String) -> Response {
        var response = Response(.methodNotAllowed, "this path takes \(allow) only")
        response.allow = allow
        return response
    }

    /// Nothing goes out unrecorded where a record is required.
    static var auditUnavailable: Response {
        var response = Response(.unavailable, HandoutRefusal.auditMessage)
        response.retryAfter = 5
        return response
    }
}
