internal import FoundationEssentials
internal import JOSE
package import KeyRotation

/// The versions of one secret in Secrets Manager (reference: IBM API, section 9.5).
///
/// Consumers read the current one. Secrets Manager keeps the payload of the current and of the previous version, so
/// these are the keys that there can be.
package struct SecretVersions: KeyIssuer {
    let target: SecretTarget
    let secret: SecretClient
    let grant: APIKeyGrant

    package func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer {
        try await IssuerAnswer.of { () async throws(CallStop) in
            switch call {
            case .list: .keys(try await list())
            case .create(let name, let material): try await create(name, material)
            case .read(let id): .material(try await read(id))
            case .verify(let id, let material): try await verify(id, material)
            case .delete(let id): try await delete(id)
            case .activity: .unsupported("cannot see when a version was used: Secrets Manager does not tell")
            case .disable, .enable: .unsupported("cannot disable a version: Secrets Manager has no such call")
            }
        }
    }

    /// A version counts as locked when its lock keeps a new version from being made: that is one on the previous version.
    private func list() async throws(CallStop) -> [ListedKey] {
        let versions = try await secret.versions()
        guard versions.contains(where: { $0.isPrevious }) else { return versions.map(\.listed) }
        let locked = try await secret.lockedVersions()
        return versions.map { $0.listed(isLocked: $0.isPrevious && locked.contains($0.id.rawValue)) }
    }

    private func create(_ name: KeyName, _ own: KeyMaterial?) async throws(CallStop) -> IssuerAnswer {
        let made = try await secret.create(
            try await content(own),
            metadata: [(SecretClient.nameMember, "\(name)")]
        )
        // Of a value of ours it is enough that it was accepted: the verification reads it back.
        let told = value(of: made)
        if let field = try field(), let value = own?[field] {
            return .created(made.listed, KeyMaterial([field: value]))
        }
        guard let told else {
            throw .fault(
                fault(
                    .notReadable,
                    "make a version",
                    "\(made.id) was made, and its value is not shown to the profile of the plan; "
                        + "give it \(secret.client.role)"
                )
            )
        }
        return .created(made.listed, told)
    }

    /// The members of a new version.
    private func content(_ own: KeyMaterial?) async throws(CallStop) -> [(name: String, value: String)] {
        guard let field = try field() else { return [] }
        guard let value = own?[field] else {
            throw .fault(fault(.rejected, "make a version", "no value was drawn for it"))
        }
        switch target.kind {
        case .arbitrary: return [("payload", JSONText.quoted(value.exposed))]
        case .usernamePassword: return [("password", JSONText.quoted(value.exposed))]
        case .iamCredentials: return []
        case .kv:
            let current = try await secret.version("current", absence: "it has no current version; make one first")
            guard let members = current.members else {
                throw .fault(fault(.rejected, "make a version", "its current version has no data; check its type"))
            }
            return [("data", JSONText.object(members.exposed.setting([(field, JSONText.quoted(value.exposed))])))]
        }
    }

    private func read(_ id: KeyID) async throws(CallStop) -> KeyMaterial {
        let version = try await secret.version(try id.segment())
        guard version.isPayloadAvailable, let value = value(of: version) else {
            throw .fault(fault(.notReadable, "read the version \(id)", "its value is wiped, or not for us to see"))
        }
        return value
    }

    /// Reads the current version, as a consumer does; an API key in it is used too.
    private func verify(_ id: KeyID, _ material: KeyMaterial) async throws(CallStop) -> IssuerAnswer {
        let verb = "use the version \(id)"
        let current = try await secret.version("current", absence: "it has no current version; make one first")
        guard current.id == id else {
            throw .fault(fault(.notUsable, verb, "consumers get \(current.id), which is the current one"))
        }
        guard let value = value(of: current) else {
            throw .fault(fault(.notReadable, verb, "its value is wiped, or not for us to see"))
        }
        guard value == material else {
            throw .fault(fault(.notUsable, verb, "it reads back as another value than the one that it was given"))
        }
        if target.kind == .iamCredentials, let key = value[IAMAPIKeys.field] {
            try await grant.use(
                key,
                of: current.iamID,
                "cannot use the API key of the version \(id) of the secret \(target.id)"
            )
        }
        return .done
    }

    private func delete(_ id: KeyID) async throws(CallStop) -> IssuerAnswer {
        do {
            try await secret.wipe(try id.segment())
        } catch {
            // A replaced text opens nothing by itself; a replaced API key does, and a person has to know.
            guard target.kind == .iamCredentials, case .fault(let fault) = error, fault.code == .unsupported else {
                throw error
            }
            throw .fault(
                IssuerFault(
                    .rejected,
                    "\(fault.message); its API key works until then: when nobody uses it, make a new version of the secret"
                )
            )
        }
        return .done
    }

    /// What a version holds, by the names of the sinks; `nil` where it is not told.
    private func value(of version: SecretVersion) -> KeyMaterial? {
        let value: (String, Redacted<String>?) =
            switch target.kind {
            case .arbitrary: ("value", version.text("payload"))
            case .usernamePassword: ("password", version.text("password"))
            case .iamCredentials: (IAMAPIKeys.field, version.text("api_key"))
            case .kv: (target.member ?? "", version.member(target.member ?? ""))
            }
        return value.1.map { KeyMaterial([value.0: $0]) }
    }

    /// The field whose value is drawn by the broker; `nil` where Secrets Manager draws it.
    private func field() throws(CallStop) -> String? {
        guard target.kind != .iamCredentials else { return nil }
        guard let field = KeyTarget.secret(target).drawnField else {
            throw .fault(fault(.rejected, "make a version", "the plan does not say which member of it is drawn anew"))
        }
        return field
    }

    private func fault(_ code: IssuerFault.Code, _ verb: String, _ explanation: String) -> IssuerFault {
        IssuerFault(code, "cannot \(verb) of the secret \(target.id): \(explanation)")
    }
}

extension [(name: String, value: String)] {
    /// These members with others in the place of those of the same name, or at the end.
    func setting(_ others: [(name: String, value: String)]) -> Self {
        var result = self
        for other in others {
            if let index = result.firstIndex(where: { $0.name == other.name }) {
                result[index] = other
            } else {
                result.append(other)
            }
        }
        return result
    }
}
