internal import FoundationEssentials
internal import Synchronization

// `/api/v2/secrets/{id}/locks_bulk`, `…/versions/{version}/locks_bulk`, and `locks` of both, which lists.
extension SecretService {
    /// Answers for the version `version`; `nil` for that of the secret, which is the current one to lock and all to unlock.
    func locks(
        _ request: SimulatorRequest,
        _ id: String,
        _ version: String?,
        _ caller: String
    ) throws -> SimulatorAnswer {
        switch (request.method, request.segments.last) {
        case ("GET", "locks"): return SimulatorAnswer(try lockList(request.query, id, version))
        case ("POST", "locks_bulk"):
            let order = try SecretLockOrder(request, createdBy: caller, now: identity.now)
            return SimulatorAnswer(status: 201, documents.locks(try lock(order, id, version ?? "current")))
        case ("DELETE", "locks_bulk"):
            let names = request.query["name"].map { Set($0.split(separator: ",").map(String.init)) }
            let secret = try simulator.changeSecret(id) { secret throws(VPCError) in
                for index in try Self.indices(of: version, in: secret) { secret.unlock(names, at: index) }
                return secret
            }
            return SimulatorAnswer(documents.locks(secret))
        default: throw VPCError.notPlayedHere
        }
    }

    private func lock(_ order: SecretLockOrder, _ id: String, _ version: String) throws -> StoredSecret {
        try simulator.state.withLock { state in
            let (secret, lost) = try state.vault.change(id) { secret throws(VPCError) in
                guard let index = secret.index(version) else { throw .versionNotFound }
                guard StoredSecret.alias(at: index) != nil else {
                    throw .invalid("version_not_lockable", "only the current and the previous version can be locked")
                }
                let names = Set(order.locks.map(\.name))
                let others = secret.locksTotal - secret.versions[index].locks.count { names.contains($0.name) }
                guard others + names.count <= StoredSecret.maximumLocks else {
                    throw .invalid("too_many_locks", "a secret has \(StoredSecret.maximumLocks) locks at most")
                }
                secret.lock(order.locks, at: index)
                guard let mode = order.mode, index == 0, secret.versions.count > 1 else { return (secret, [String]()) }
                secret.unlock(names, at: 1)
                let isWiped = mode == .removePreviousAndDelete && secret.versions[1].locks.isEmpty
                let lost = isWiped ? secret.wipe(at: 1) : []
                return (secret, lost)
            }
            for id in lost { state.apiKeys.discard(id) }
            return secret
        }
    }

    private func lockList(_ query: [FormField], _ id: String, _ version: String?) throws(VPCError) -> JSONOutput {
        let secret = try stored(id)
        let locks = try Self.indices(of: version, in: secret)
            .flatMap { index in
                secret.versions[index].locks.filter { lock in query["search"].map { lock.name.contains($0) } ?? true }
                    .map { documents.lock($0, of: secret, index) }
            }
        let path = version.map { "\(id)/versions/\($0)" } ?? id
        let url = "\(documents.url)/secrets/\(path)/locks"
        return try Self.page(query, of: locks, as: "locks", at: url, ["limit", "offset", "search"])
    }

    private static func indices(of version: String?, in secret: StoredSecret) throws(VPCError) -> [Int] {
        guard let version else { return Array(secret.versions.indices) }
        guard let index = secret.index(version) else { throw .versionNotFound }
        return [index]
    }
}
