internal import JOSE

/// The JSON body of a request to the VPC Identity API.
struct VPCRequestBody {
    /// The members, or `nil` when there was no body at all.
    let members: [(name: String, value: JSONValue)]?

    /// The largest body in bytes; more is `invalid_request`.
    private static let maximumSize = 16 * 1_024

    init(_ request: SimulatorRequest) throws(VPCError) {
        guard !request.isTooLarge, request.body.count <= Self.maximumSize else {
            throw .invalid("invalid_request", "the body is too large")
        }
        guard !request.body.isEmpty else {
            members = nil
            return
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: request.body)
        } catch {
            throw .invalid("invalid_request", "the body cannot be read: \(error)")
        }
        guard let members = document.root.members else {
            throw .invalid("invalid_request", "the body is not a JSON object")
        }
        self.members = members
    }

    static func unknown(_ name: String) -> VPCError {
        .invalid("unknown_field", "the property is not known", VPCError.Target(name: name, type: .field))
    }

    static func missing(_ name: String) -> VPCError {
        .invalid("missing_field", "the property is required", VPCError.Target(name: name, type: .field))
    }

    static func invalid(_ name: String, _ message: String, _ value: JSONValue) -> VPCError {
        let target = VPCError.Target(name: name, type: .field, value: value.string ?? value.text)
        return .invalid("invalid_value", message, target)
    }
}

/// The body of a request for an identity token.
struct IdentityTokenRequest {
    /// `expires_in` in seconds.
    private(set) var lifetime = 300
    var nonce: String?

    init(_ request: SimulatorRequest) throws(VPCError) {
        for (name, value) in try VPCRequestBody(request).members ?? [] {
            switch name {
            case "expires_in":
                guard let seconds = value.integer, (5...3_600).contains(seconds) else {
                    throw VPCRequestBody.invalid(name, "expires_in must be between 5 and 3600", value)
                }
                lifetime = seconds
            case "nonce":
                guard let text = value.string else {
                    throw VPCRequestBody.invalid(name, "nonce must be a string", value)
                }
                nonce = text
            default: throw VPCRequestBody.unknown(name)
            }
        }
    }
}

/// The body of a request for an IAM token: which trusted profile it is for.
enum ProfileRequest {
    case instanceDefault
    case named(by: Key, String)

    /// The members that can name a trusted profile.
    enum Key: String {
        case id
        case crn
        case name
    }

    init(_ request: SimulatorRequest) throws(VPCError) {
        guard let members = try VPCRequestBody(request).members else {
            self = .instanceDefault
            return
        }
        if let unknown = members.first(where: { $0.name != "trusted_profile" }) {
            throw VPCRequestBody.unknown(unknown.name)
        }
        // An empty object is refused, although no body at all is fine.
        guard let value = members.first?.value else { throw VPCRequestBody.missing("trusted_profile") }
        guard let choices = value.members else {
            throw VPCRequestBody.invalid("trusted_profile", "trusted_profile must be an object", value)
        }
        if let unknown = choices.first(where: { Key(rawValue: $0.name) == nil }) {
            throw VPCRequestBody.unknown("trusted_profile.\(unknown.name)")
        }
        guard let choice = choices.first, let key = Key(rawValue: choice.name) else {
            throw VPCRequestBody.missing("trusted_profile.id")
        }
        guard choices.count == 1, let text = choice.value.string, !text.isEmpty else {
            let name = "trusted_profile.\(key.rawValue)"
            throw VPCRequestBody.invalid(name, "exactly one of id, crn and name must be given", choice.value)
        }
        self = .named(by: key, text)
    }

    /// The linked profile that is meant.
    func profile(of instance: SimulatedInstance) throws(VPCError) -> TrustedProfile {
        let message = "the trusted profile is not linked to this instance"
        switch self {
        case .instanceDefault:
            let profile = instance.profiles.first { $0.name == instance.defaultProfile && $0.isLinked }
            guard let profile else { throw .invalid("profile_not_linked", message) }
            return profile
        case .named(let key, let text):
            let profile = instance.profiles.first { $0.isLinked && $0.value(of: key, in: instance.account) == text }
            let target = VPCError.Target(name: "trusted_profile.\(key.rawValue)", type: .field, value: text)
            guard let profile else { throw .invalid("profile_not_linked", message, target) }
            return profile
        }
    }
}

extension TrustedProfile {
    fileprivate func value(of key: ProfileRequest.Key, in account: String) -> String {
        switch key {
        case .id: id
        case .crn: crn(in: account)
        case .name: name
        }
    }
}
