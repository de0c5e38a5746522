internal import DocumentReader
internal import KeyRotation

/// What a plan rotates.
extension RotationPlanReader {
    private static let kinds = [
        "iam-api-key", "resource-key", "secrets-manager", "key-protect", "identity-certificate",
    ]

    /// The target, and the key that its first rotation replaces.
    func target(_ value: DocumentValue, _ plan: PlanName) throws(DocumentError) -> (KeyTarget, replaces: KeyID?) {
        let kinds = try value.mapping(known: Self.kinds)
        guard let kind = kinds.members.first, kinds.members.count == 1 else {
            throw value.error("must have exactly one of \(Self.kinds.joined(separator: ", "))")
        }
        let target: KeyTarget
        var replaces: KeyID?
        switch kind.name {
        case "iam-api-key":
            let members = try kind.value.mapping(known: ["service_id", "account", "replaces"])
            let account = try configuration.account(members["account"]) ?? surroundings.account
            target = .apiKey(iamID: "iam-\(try serviceID(members.required("service_id")))", account: account)
            replaces = try self.replaces(members["replaces"], plan)
        case "resource-key":
            let members = try kind.value.mapping(known: ["source", "role", "service_id", "replaces", "try"])
            target = .resourceKey(try resourceKey(members))
            replaces = try self.replaces(members["replaces"], plan)
        case "secrets-manager":
            target = .secret(try secret(kind.value))
        case "key-protect":
            let members = try kind.value.mapping(known: ["url", "instance", "key"])
            target = .rootKey(
                RootKeyTarget(
                    url: "\(try configuration.keyServiceURL(members.required("url")))",
                    instance: try members.required("instance").identifier(),
                    id: try members.required("key").identifier()
                )
            )
        default:
            let name = try kind.value.string()
            guard surroundings.certificates.contains(where: { $0.name == name }) else {
                throw kind.value.error("there is no certificate of this name in 'certificates'")
            }
            target = .certificate(name)
        }
        try claims.takeTarget(target, for: plan, kind.value)
        return (target, replaces)
    }

    private func replaces(_ value: DocumentValue?, _ plan: PlanName) throws(DocumentError) -> KeyID? {
        guard let value else { return nil }
        let id = KeyID(try value.identifier())
        try claims.takeKey(id, for: plan, value)
        return id
    }

    private func serviceID(_ value: DocumentValue) throws(DocumentError) -> String {
        let text = try value.identifier(longest: 128)
        let rest = text.dropFirst("ServiceId-".count)
        guard text.hasPrefix("ServiceId-"), !rest.isEmpty, rest.utf8.allSatisfy(Self.isPlain) else {
            throw value.error("must be the ID of a service ID: 'ServiceId-' and a UUID")
        }
        return text
    }

    private func resourceKey(_ members: DocumentMapping) throws(DocumentError) -> ResourceKeyTarget {
        let trial = try members.required("try").mapping(known: ["endpoint", "bucket"])
        let role = try members.required("role")
        guard try ConfigurationReader.isName(role.string()) else {
            throw role.error("must be the name of a role, such as Writer")
        }
        let bucket = try trial.required("bucket")
        let isBucket = try bucket.string().utf8
            .allSatisfy { Self.isPlain($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
        guard isBucket, (3...63).contains(try bucket.string().utf8.count) else {
            throw bucket.error("must be the name of a bucket: 3 to 63 letters, digits, '.', '_' and '-'")
        }
        return ResourceKeyTarget(
            source: try members.required("source").identifier(),
            role: try role.string(),
            serviceID: try members["service_id"].map { value throws(DocumentError) in try value.identifier() },
            endpoint: "\(try configuration.keyServiceURL(trial.required("endpoint")))",
            bucket: try bucket.string()
        )
    }

    private func secret(_ value: DocumentValue) throws(DocumentError) -> SecretTarget {
        let members = try value.mapping(known: ["url", "secret", "type", "member"])
        let type = try members.required("type")
        guard let kind = SecretTarget.Kind(rawValue: try type.string()) else {
            throw type.error("must be one of \(SecretTarget.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if kind != .kv, let member = members["member"] { throw member.error("goes with type kv") }
        return SecretTarget(
            url: "\(try configuration.keyServiceURL(members.required("url")))",
            id: try members.required("secret").identifier(),
            kind: kind,
            member: kind == .kv ? try members.required("member").identifier(longest: 128) : nil
        )
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
