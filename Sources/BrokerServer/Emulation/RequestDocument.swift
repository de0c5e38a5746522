internal import JOSE

/// The JSON body of a call to the VPC Identity API.
struct RequestDocument: Sendable {
    /// The members, or `nil` when there was no body at all.
    let members: [(name: String, value: JSONValue)]?

    init(_ body: [UInt8]) throws(MetadataError) {
        guard !body.isEmpty else {
            members = nil
            return
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: body)
        } catch {
            throw .invalid("invalid_request", "the body cannot be read: \(error)")
        }
        guard let members = document.root.members else {
            throw .invalid("invalid_request", "the body is not a JSON object")
        }
        self.members = members
    }

    /// Refuses members that the call does not know.
    func check(known: Set<String>, in owner: String = "") throws(MetadataError) {
        try Self.check(members ?? [], known: known, in: owner)
    }

    static func check(
        _ members: [(name: String, value: JSONValue)],
        known: Set<String>,
        in owner: String
    ) throws(MetadataError) {
        guard let unknown = members.first(where: { !known.contains($0.name) }) else { return }
        let target = MetadataError.Target(name: owner + String(unknown.name.prefix(40)), type: .field)
        throw .invalid("unknown_field", "the property is not known", target)
    }

    static func invalid(_ name: String, _ message: String) -> MetadataError {
        .invalid("invalid_value", message, MetadataError.Target(name: name, type: .field))
    }

    static func missing(_ name: String) -> MetadataError {
        .invalid("missing_field", "the property is required", MetadataError.Target(name: name, type: .field))
    }
}

/// The body of a request for an identity token.
struct SessionRequest: Sendable {
    /// `expires_in` in seconds.
    private(set) var lifetime = 300
    private(set) var nonce: String?

    init(_ body: [UInt8]) throws(MetadataError) {
        let document = try RequestDocument(body)
        try document.check(known: ["expires_in", "nonce"])
        for (name, value) in document.members ?? [] {
            switch name {
            case "expires_in":
                guard let seconds = value.integer, (5...3_600).contains(seconds) else {
                    throw RequestDocument.invalid(name, "expires_in must be a whole number from 5 to 3600")
                }
                lifetime = seconds
            default:
                // IBM documents no length; a hash of 512 bits in hexadecimal fits.
                guard let text = value.string, text.utf8.count <= 256 else {
                    throw RequestDocument.invalid(name, "nonce must be a string of 256 bytes at most")
                }
                nonce = text
            }
        }
    }
}
