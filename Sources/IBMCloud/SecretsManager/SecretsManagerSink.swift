internal import FoundationEssentials
internal import JOSE
package import KeyRotation

/// Puts keys into a secret of Secrets Manager, from which consumers read the current version.
///
/// What a key replaced is the previous version, which Secrets Manager keeps.
package struct SecretsManagerSink: KeySink {
    let target: SecretSinkTarget
    let secret: SecretClient

    private static let missing = "it has no current version; check the ID, and make one first"

    package func perform(_ call: SinkCall) async throws(Interruption) -> SinkAnswer {
        do {
            return switch call {
            case .publish(let key): try await publish(key)
            case .inspect(let print): try await inspect(print)
            case .restore(let print): try await restore(print)
            case .forget(let print): try await forget(print)
            }
        } catch {
            switch error {
            case .interrupted: throw Interruption()
            case .fault(let fault): return .fault(SinkFault(fault))
            }
        }
    }

    /// Makes no version when the current one holds the key already: the call may be one that is repeated.
    private func publish(_ key: PublishedKey) async throws(CallStop) -> SinkAnswer {
        let current = try await secret.version("current", absence: Self.missing)
        let content = try content(with: key.material, in: current)
        if try self.content(of: current) == content {
            return .holds(print(key.rotation, current.id, content))
        }
        _ = try await secret.create(
            content.members,
            metadata: [(SecretClient.nameMember, "\(KeyName(key.plan, key.rotation))")]
        )
        return try await readBack(content, key.rotation)
    }

    private func inspect(_ print: SinkPrint) async throws(CallStop) -> SinkAnswer {
        let current = try await secret.version("current", absence: Self.missing)
        guard self.print(print.rotation, current.id, try content(of: current)) == print else {
            return .differs("the secret \(target.id) has the current version \(current.id), which this did not make")
        }
        return .holds(print)
    }

    /// Makes a version of what the previous one holds; it says which version it took the place of, so that a call that
    /// is repeated is recognised.
    private func restore(_ print: SinkPrint) async throws(CallStop) -> SinkAnswer {
        let current = try await secret.version("current", absence: Self.missing)
        let isOurs = current.name.flatMap({ KeyName($0) })?.rotation == print.rotation && current.restored == nil
        guard print.text.isEmpty ? isOurs : current.restored != print.text.versionID else {
            return .holds(self.print(print.rotation, current.id, try content(of: current)))
        }
        guard print.text.isEmpty || current.id.rawValue == print.text.versionID else {
            return .differs("the secret \(target.id) has the current version \(current.id), which this did not make")
        }
        guard isOurs else {
            return .differs("the secret \(target.id) held the key before, so nothing was kept aside")
        }
        let previous: SecretVersion
        do {
            previous = try await secret.version("previous")
        } catch {
            guard case .fault(let fault) = error, fault.code == .notFound else { throw error }
            return .differs("the secret \(target.id) has no previous version")
        }
        guard let content = try content(of: previous) else {
            return .differs("the previous version \(previous.id) of the secret \(target.id) is wiped")
        }
        let name = previous.name.map { [(name: SecretClient.nameMember, value: $0)] } ?? []
        let restored = [(name: SecretClient.restoredMember, value: current.id.rawValue)]
        _ = try await secret.create(content.members, metadata: name + restored)
        return try await readBack(content, print.rotation)
    }

    /// Wipes the previous version, unless somebody made another one since: then it is not what was kept aside.
    private func forget(_ print: SinkPrint) async throws(CallStop) -> SinkAnswer {
        let current = try await secret.metadata("current")
        guard [current.id.rawValue, current.restored].contains(print.text.versionID) else { return .done }
        do {
            try await secret.wipe(try await secret.metadata("previous").id.rawValue)
        } catch {
            // Where it cannot be wiped, the next version takes its place; the key in it is deleted, or is what was there before the broker.
            guard case .fault(let fault) = error, [.notFound, .unsupported].contains(fault.code) else { throw error }
        }
        return .done
    }

    private func readBack(_ content: SecretContent, _ rotation: RotationID) async throws(CallStop) -> SinkAnswer {
        let current = try await secret.version("current", absence: Self.missing)
        guard try self.content(of: current) == content else {
            return .differs(
                "the secret \(target.id) does not read back as what was written to it; see who writes to it"
            )
        }
        return .holds(print(rotation, current.id, content))
    }

    /// The content of a version does not change, but for being wiped; and its digest in the journal would confirm a guess.
    private func print(_ rotation: RotationID, _ id: KeyID, _ content: SecretContent?) -> SinkPrint {
        SinkPrint(rotation: rotation, text: "\(id)/\(content == nil ? "nothing" : "held")")
    }

    /// `nil` for a version whose payload is gone, or never was.
    private func content(of version: SecretVersion) throws(CallStop) -> SecretContent? {
        guard version.isPayloadAvailable else { return nil }
        switch target.form {
        case .field, .document:
            if let text = version.text("payload") { return .payload(text) }
        case .members, .member:
            if let members = version.members { return .members(members) }
        }
        throw .fault(
            IssuerFault(
                .rejected,
                "cannot read the secret \(target.id): its version \(version.id) has no value of the type that the plan names"
            )
        )
    }

    private func field(_ name: String, of material: KeyMaterial) throws(CallStop) -> Redacted<String> {
        guard let value = material[name] else {
            throw .fault(
                IssuerFault(
                    .rejected,
                    "cannot write the secret \(target.id): the key has no \(name); check the sink"
                )
            )
        }
        return value
    }

    private func content(with material: KeyMaterial, in current: SecretVersion) throws(CallStop) -> SecretContent {
        let fields = material.fields.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: JSONText.quoted($0.value.exposed)) }
        switch target.form {
        case .field(let name): return .payload(try field(name, of: material))
        case .document: return .payload(Redacted(JSONText.object(fields)))
        case .member(let member, let name):
            let change = [(name: member, value: JSONText.quoted(try field(name, of: material).exposed))]
            guard case .members(let members)? = try content(of: current) else { return .members(Redacted(change)) }
            return .members(Redacted(members.exposed.setting(change)))
        case .members:
            guard case .members(let members)? = try content(of: current) else { return .members(Redacted(fields)) }
            return .members(Redacted(members.exposed.setting(fields)))
        }
    }
}

extension String {
    /// The version in the text of a ``SinkPrint``.
    fileprivate var versionID: String { String(prefix { $0 != "/" }) }
}

extension SinkFault {
    fileprivate init(_ fault: IssuerFault) {
        let isLasting =
            switch fault.meaning {
            case .stuck, .absent: true
            case .later, .unknown: false
            }
        self.init(fault.message, isLasting: isLasting)
    }
}
