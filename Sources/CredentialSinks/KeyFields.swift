internal import JOSE
package import KeyRotation

/// What can stand in a file with a key, by the names that files use.
package struct KeyFields: Sendable, Hashable {
    /// The field of ``KeyMaterial`` behind each variable that has a secret or what belongs to it.
    private let fields: [TemplateVariable: String]

    /// Those of the keys of one target.
    package init(of target: KeyTarget) {
        var fields: [TemplateVariable: String] = [:]
        for field in target.fields {
            // The member of a `kv` secret has a name of its author's.
            fields[TemplateVariable(rawValue: "key.\(field)") ?? .keyValue] = field
        }
        if case .secret(let secret) = target, secret.kind == .kv { fields = [.keyValue: secret.member ?? ""] }
        self.fields = fields
    }

    /// All that there is.
    package var variables: Set<TemplateVariable> { Set(fields.keys).union([.keyID, .keyRotation, .keyPlan]) }

    /// The names of the fields, without `key.`, in the order of the table.
    package var names: [String] {
        TemplateVariable.allCases.filter { fields[$0] != nil }.map { String($0.rawValue.dropFirst(Self.prefix.count)) }
    }

    /// What a name of ``names`` stands for.
    package subscript(_ name: String) -> TemplateVariable? {
        TemplateVariable(rawValue: Self.prefix + name).flatMap { fields[$0] == nil ? nil : $0 }
    }

    /// What the material of a key calls it.
    package func field(_ variable: TemplateVariable) -> String? { fields[variable] }

    /// The values of a key; one that the key does not have is left out.
    func values(of key: PublishedKey) -> [TemplateVariable: Redacted<String>] {
        var values: [TemplateVariable: Redacted<String>] = [
            .keyID: Redacted(key.id.rawValue), .keyRotation: Redacted(key.rotation.rawValue),
            .keyPlan: Redacted(key.plan.rawValue),
        ]
        for (variable, field) in fields { values[variable] = key.material[field] }
        return values
    }

    static let prefix = "key."
}
