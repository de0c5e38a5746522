internal import JOSE

/// Secrets, versions and locks as the answers of Secrets Manager have them.
struct SecretDocuments {
    let instance: SimulatedInstance

    var url: String { "https://simulator.\(instance.region).secrets-manager.appdomain.cloud/api/v2" }

    /// A secret without what it holds.
    func secret(_ secret: StoredSecret) -> JSONOutput {
        let service = "crn:v1:bluemix:public:secrets-manager:\(instance.region):a/\(instance.account):simulator"
        let start = secret.start
        let document: JSONOutput = [
            "created_at": .string(CivilTime(secret.createdAt).rfc3339),
            "created_by": .string(secret.createdBy),
            "crn": .string("\(service):secret:\(start.id)"),
            "downloaded": .bool(secret.versions.contains(where: \.isDownloaded)),
            "id": .string(start.id),
            "labels": [],
            "locks_total": .integer(secret.locksTotal),
            "name": .string(start.name),
            "secret_group_id": .string(start.group),
            "secret_type": .string(start.type.rawValue),
            "state": 1,
            "state_description": "active",
            "updated_at": .string(CivilTime(secret.updatedAt).rfc3339),
            "versions_total": .integer(secret.versionsTotal),
        ]
        return document.adding("custom_metadata", secret.metadata.map(JSONOutput.verbatim))
            .adding("service_id", start.type == .iamCredentials ? .string(start.serviceID) : nil)
            .adding("reuse_api_key", start.type == .iamCredentials ? true : nil)
    }

    /// What the version at `index` holds, in the members of its type; nothing if that is gone.
    func content(_ secret: StoredSecret, _ index: Int) -> JSONOutput {
        let version = secret.versions[index]
        guard let payload = version.payload?.exposed else { return .object([]) }
        switch secret.start.type {
        case .arbitrary: return ["payload": .string(payload)]
        case .kv: return ["data": .verbatim(payload)]
        case .usernamePassword: return ["username": .string(secret.start.username), "password": .string(payload)]
        case .iamCredentials:
            return JSONOutput.object([("api_key", .string(payload))])
                .adding("api_key_id", version.apiKeyID.map(JSONOutput.string))
        case .serviceCredentials, .publicCertificate, .importedCertificate: return .object([])
        }
    }

    func versions(_ secret: StoredSecret) -> JSONOutput {
        [
            "versions": .array(secret.versions.indices.map { version(secret, $0) }),
            "total_count": .integer(secret.versions.count),
        ]
    }

    /// A version without what it holds.
    func version(_ secret: StoredSecret, _ index: Int) -> JSONOutput {
        let (version, start) = (secret.versions[index], secret.start)
        let document: JSONOutput = [
            "auto_rotated": false,
            "created_at": .string(CivilTime(version.createdAt).rfc3339),
            "created_by": .string(version.createdBy),
            "downloaded": .bool(version.isDownloaded),
            "id": .string(version.id),
            "payload_available": .bool(version.payload != nil),
        ]
        return document.adding("alias", StoredSecret.alias(at: index).map(JSONOutput.string))
            .adding("secret_id", .string(start.id))
            .adding("secret_name", .string(start.name))
            .adding("secret_type", .string(start.type.rawValue))
            .adding("secret_group_id", .string(start.group))
            .adding("version_custom_metadata", version.metadata.map(JSONOutput.verbatim))
            .adding("service_id", start.type == .iamCredentials ? .string(start.serviceID) : nil)
    }

    /// The locks of the versions that can have some, by name.
    func locks(_ secret: StoredSecret) -> JSONOutput {
        let versions = secret.versions.indices.compactMap { index -> JSONOutput? in
            guard let alias = StoredSecret.alias(at: index) else { return nil }
            let version = secret.versions[index]
            return [
                "version_id": .string(version.id),
                "version_alias": .string(alias),
                "payload_available": .bool(version.payload != nil),
                "locks": .array(version.locks.map { .string($0.name) }),
            ]
        }
        return [
            "secret_id": .string(secret.start.id),
            "secret_group_id": .string(secret.start.group),
            "secret_type": .string(secret.start.type.rawValue),
            "secret_name": .string(secret.start.name),
            "versions": .array(versions),
        ]
    }

    /// A lock on the version at `index`.
    func lock(_ lock: SecretLock, of secret: StoredSecret, _ index: Int) -> JSONOutput {
        let time = JSONOutput.string(CivilTime(lock.createdAt).rfc3339)
        return JSONOutput.object([("name", .string(lock.name))])
            .adding("description", lock.description.map(JSONOutput.string))
            .adding("attributes", lock.attributes.map(JSONOutput.verbatim))
            .adding("created_at", time)
            .adding("updated_at", time)
            .adding("created_by", .string(lock.createdBy))
            .adding("secret_group_id", .string(secret.start.group))
            .adding("secret_id", .string(secret.start.id))
            .adding("secret_version_id", .string(secret.versions[index].id))
            .adding("secret_version_alias", StoredSecret.alias(at: index).map(JSONOutput.string))
    }
}
