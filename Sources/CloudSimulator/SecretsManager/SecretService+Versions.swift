internal import FoundationEssentials
internal import JOSE
internal import Synchronization

// `/api/v2/secrets/{id}/versions`: a new version is what rotation is.
extension SecretService {
    func newVersion(_ request: SimulatorRequest, _ id: String, _ caller: String) throws -> SimulatorAnswer {
        let body = try SecretVersionBody(request, for: try stored(id).start.type)
        let now = identity.now
        let (secret, generated) = try simulator.state.withLock { state in
            guard let secret = state.vault[id] else { throw VPCError.secretNotFound }
            guard secret.versions.dropFirst().first?.locks.isEmpty ?? true else { throw VPCError.previousLocked }
            var generated: Redacted<String>?
            var version = SecretVersion(createdAt: now, createdBy: caller, metadata: body.versionMetadata)
            version.isDownloaded = true  // the answer shows it
            switch body.content {
            case .payload(let payload): version.payload = payload
            case .previous:
                guard let previous = secret.versions.dropFirst().first, previous.payload != nil else {
                    throw VPCError.versionNotFound
                }
                (version.payload, version.apiKeyID) = (previous.payload, previous.apiKeyID)
            case .generated where secret.start.type == .iamCredentials:
                let key = SimulatedAPIKey(
                    name: secret.start.name,
                    serviceID: secret.start.serviceID,
                    createdBy: caller,
                    now: now
                )
                do throws(APIKeyRefusal) {
                    try state.apiKeys.add(key, quota: state.rules.apiKeyQuota, at: now)
                } catch {
                    throw VPCError(status: 409, code: "api_key_not_made", message: error.message)
                }
                (version.payload, version.apiKeyID, generated) = (key.value, key.id, key.value)
            case .generated:
                generated = Redacted(HexText.secret())
                version.payload = generated
            }
            let changed = try state.vault.change(id) { secret throws(VPCError) in
                (lost: secret.rotate(to: version, metadata: body.metadata), secret: secret)
            }
            for id in changed.lost { state.apiKeys.discard(id) }
            return (changed.secret, generated)
        }
        if let generated { simulator.note(IssuedSecret(generated.exposed)) }
        let document = documents.version(secret, 0).adding(documents.content(secret, 0))
        return SimulatorAnswer(status: 201, document)
    }

    /// `GET …/versions/{version}`, which may be an alias.
    func version(_ id: String, _ version: String) throws(VPCError) -> SimulatorAnswer {
        let secret = try download(id, version)
        guard let index = secret.index(version) else { throw .versionNotFound }
        return SimulatorAnswer(documents.version(secret, index).adding(documents.content(secret, index)))
    }

    /// `DELETE …/versions/{version}/secret_data`.
    func wipe(_ id: String, _ version: String) throws -> SimulatorAnswer {
        try simulator.state.withLock { state in
            let lost = try state.vault.change(id) { secret throws(VPCError) in
                guard let index = secret.index(version) else { throw .versionNotFound }
                guard secret.versions[index].locks.isEmpty else { throw .versionLocked }
                return secret.wipe(at: index)
            }
            for id in lost { state.apiKeys.discard(id) }
        }
        return SimulatorAnswer(emptyWithStatus: 204)
    }
}
