internal import FoundationEssentials
internal import Synchronization

/// Secrets Manager v2 (reference section 9.5): secrets, their versions and the locks on them.
///
/// Its errors have the shape of the VPC APIs.
struct SecretService {
    let simulator: CloudSimulator
    let identity: IdentityService

    /// Answers a request for `/api/v2` and the segments `path` after it.
    func answer(_ request: SimulatorRequest, _ path: [String]) throws -> SimulatorAnswer {
        guard let caller = try identity.caller(of: request) else { throw VPCError.unauthorizedCaller }
        guard !simulator.rotationRules.forbidden.contains(.secretsManager) else { throw VPCError.forbiddenCaller }
        var answer = try answer(request, path, caller)
        answer.headers.append(("X-Correlation-Id", UUID().uuidString.lowercased()))
        return answer
    }

    private func answer(_ request: SimulatorRequest, _ path: [String], _ caller: String) throws -> SimulatorAnswer {
        guard path.first == "secrets" else { return try named(request, path) }
        let read = request.method == "GET"
        switch (path.count, path.last) {
        case (1, _) where read: return SimulatorAnswer(try list(request.query))
        case (2, _) where read: return try secret(path[1])
        case (3, "metadata") where read: return SimulatorAnswer(documents.secret(try stored(path[1])))
        case (3, "versions") where read: return SimulatorAnswer(documents.versions(try stored(path[1])))
        case (3, "versions") where request.method == "POST": return try newVersion(request, path[1], caller)
        case (4, let id?) where read && path[2] == "versions": return try version(path[1], id)
        case (5, "metadata") where read && path[2] == "versions":
            let secret = try stored(path[1])
            guard let index = secret.index(path[3]) else { throw VPCError.versionNotFound }
            return SimulatorAnswer(documents.version(secret, index))
        case (5, "secret_data") where request.method == "DELETE" && path[2] == "versions":
            return try wipe(path[1], path[3])
        case (3, "locks"), (3, "locks_bulk"):
            return try locks(request, path[1], nil, caller)
        case (5, "locks") where path[2] == "versions", (5, "locks_bulk") where path[2] == "versions":
            return try locks(request, path[1], path[3], caller)
        case (1...5, _): throw VPCError.notPlayedHere
        default: throw VPCError.notFound
        }
    }

    var documents: SecretDocuments { SecretDocuments(instance: identity.instance) }

    func stored(_ id: String) throws(VPCError) -> StoredSecret {
        guard let secret = simulator.state.withLock({ $0.vault[id] }) else { throw .secretNotFound }
        return secret
    }

    /// `GET /api/v2/secret_groups/{group}/secret_types/{type}/secrets/{name}`.
    private func named(_ request: SimulatorRequest, _ path: [String]) throws(VPCError) -> SimulatorAnswer {
        guard path.count == 6, path[0] == "secret_groups", path[2] == "secret_types", path[4] == "secrets" else {
            throw .notFound
        }
        guard request.method == "GET" else { throw .notPlayedHere }
        let secret = simulator.state.withLock { state in
            state.vault.all.first { secret in
                (secret.start.group, secret.start.type.rawValue, secret.start.name) == (path[1], path[3], path[5])
            }
        }
        guard let secret else { throw .secretNotFound }
        return try self.secret(secret.start.id)
    }

    /// `GET /api/v2/secrets/{id}`.
    private func secret(_ id: String) throws(VPCError) -> SimulatorAnswer {
        let secret = try download(id, "current")
        return SimulatorAnswer(documents.secret(secret).adding(documents.content(secret, 0)))
    }

    /// Reads what a version holds.
    func download(_ id: String, _ version: String) throws(VPCError) -> StoredSecret {
        try simulator.changeSecret(id) { secret throws(VPCError) in
            guard let index = secret.index(version) else { throw .versionNotFound }
            // Locked IAM credentials cannot be read unless their owner allowed it.
            guard secret.start.type != .iamCredentials || secret.versions[index].locks.isEmpty else {
                throw .versionLocked
            }
            secret.noteDownload(at: index)
            return secret
        }
    }
}
