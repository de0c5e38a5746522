internal import JOSE

/// What a version of a secret holds.
enum SecretContent {
    /// Of an arbitrary secret.
    case payload(Redacted<String>)
    /// Of a `kv` secret; the values are JSON.
    case members(Redacted<[(name: String, value: String)]>)

    /// As the body of a new version has it.
    var members: [(name: String, value: String)] {
        switch self {
        case .payload(let text): [("payload", JSONText.quoted(text.exposed))]
        case .members(let members): [("data", JSONText.object(members.exposed))]
        }
    }

    /// The order of members says nothing, and a service may change it, as it may the spelling of texts.
    private var canonical: String {
        switch self {
        case .payload(let text): text.exposed
        case .members(let members):
            JSONText.object(
                members.exposed.map { ($0.name, Self.canonical($0.value)) }.sorted { $0.0 < $1.0 }
            )
        }
    }

    private static func canonical(_ json: String) -> String {
        guard
            let text = (try? JSONDocument(parsing: "[\(json)]", limits: .init(size: .max, depth: 64)))?.root.array?
                .first?
                .string
        else { return json }
        return JSONText.quoted(text)
    }
}

extension SecretContent: Equatable {
    static func == (left: SecretContent, right: SecretContent) -> Bool {
        left.canonical == right.canonical
    }
}
