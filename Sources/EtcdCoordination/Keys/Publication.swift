internal import FoundationEssentials
internal import JOSE
internal import KeyRotation

/// A key as it lies in etcd for the nodes of a fleet.
struct Publication: Codable, Equatable {
    let format: Int
    let rotation: RotationID
    /// Drawn for each writing, by which it is recognised.
    let mark: String
    /// Identifier and value of the key, sealed for its plan and rotation.
    let box: Data

    static let version = 1

    private struct Content: Codable {
        let id: KeyID
        let fields: [String: String]
    }

    private static func context(_ plan: PlanName, _ rotation: RotationID) -> String {
        "publication \(plan) \(rotation)"
    }

    /// Seals a key.
    static func sealing(_ key: PublishedKey, _ sealer: any ValueSealer) throws(SealError) -> Publication {
        let content = Content(id: key.id, fields: key.material.fields.mapValues(\.exposed))
        guard let bytes = try? JSONEncoder().encode(content) else {
            throw SealError("the key of the plan \(key.plan) cannot be put into JSON")
        }
        let box = try sealer.seal(Redacted(Array(bytes)), for: context(key.plan, key.rotation))
        return Publication(format: version, rotation: key.rotation, mark: EtcdSession.mark(), box: Data(box))
    }

    /// The same with another mark.
    func writtenAgain() -> Publication {
        Publication(format: format, rotation: rotation, mark: EtcdSession.mark(), box: box)
    }

    /// The key.
    ///
    /// - Throws: ``SealError`` when it was changed, or is sealed with another key than the fleet's.
    func opened(_ plan: PlanName, _ sealer: any ValueSealer) throws(SealError) -> PublishedKey {
        let bytes = try sealer.open(Array(box), for: Self.context(plan, rotation))
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes.exposed)) else {
            throw SealError("the published key of the plan \(plan) has another form than a broker writes")
        }
        return PublishedKey(
            plan: plan,
            rotation: rotation,
            id: content.id,
            material: KeyMaterial(content.fields.mapValues { Redacted($0) })
        )
    }

    /// What a key of etcd holds.
    ///
    /// - Throws: ``JournalError`` when no broker wrote it, or a newer one.
    static func reading(_ value: EtcdValue) throws(JournalError) -> Publication {
        guard let publication = RecordForm.value(Publication.self, value.bytes) else {
            throw JournalError(.corrupt, "\(value.key) in etcd is no published key; see who wrote it")
        }
        guard publication.format == version else {
            throw JournalError(
                .tooNew,
                "\(value.key) in etcd was written by a newer version of the broker; install that version on all nodes"
            )
        }
        return publication
    }
}

/// What was published before, kept until the rotation that replaced it is over.
struct PriorPublication: Codable, Equatable {
    /// The rotation that replaced it.
    let replacedBy: RotationID
    /// `nil` when nothing was published before.
    let publication: Publication?
}
