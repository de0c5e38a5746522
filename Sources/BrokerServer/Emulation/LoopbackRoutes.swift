internal import WorkloadAttestation

/// What is served over TCP: IBM's paths, to those who pass the wall.
struct LoopbackRoutes: Sendable {
    let routes: EmulationRoutes

    func respond(to request: Request, from peer: any Peer) async -> Response {
        // A peer that did not come over TCP knows none of the names.
        let hosts = (peer as? TCPAttestedPeer)?.authorities ?? []
        if let refusal = Wall(hosts: hosts).refusal(of: request) {
            routes.gate.turnedAway(refusal, peer)
            return refusal.response
        }
        guard let path = EmulationPath(request.path) else {
            let message = "only IBM's paths are served here; the broker's own are on its Unix socket"
            return MetadataError.notFound(message).response
        }
        return await routes.respond(to: request, at: path, from: peer)
    }
}
