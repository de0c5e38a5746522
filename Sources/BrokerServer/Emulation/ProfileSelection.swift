internal import AccessPolicy
internal import JOSE
internal import TokenBroker

/// The four ways in which a request says which trusted profile it means (reference: IBM API, section 2.1).
enum ProfileSelection: Sendable, Equatable {
    case instanceDefault
    case id(String)
    case crn(String)
    case name(String)

    /// Reads the body of a request for an IAM token.
    init(_ body: [UInt8]) throws(MetadataError) {
        let document = try RequestDocument(body)
        try document.check(known: ["trusted_profile"])
        guard let members = document.members else {
            self = .instanceDefault
            return
        }
        // IBM refuses an empty object, although no body at all is fine (IBM/node-sdk-core#181).
        guard let value = members.first?.value else { throw RequestDocument.missing("trusted_profile") }
        guard let choices = value.members else {
            throw RequestDocument.invalid("trusted_profile", "trusted_profile must be an object")
        }
        try RequestDocument.check(choices, known: ["id", "crn", "name"], in: "trusted_profile.")
        guard let choice = choices.first else { throw RequestDocument.missing("trusted_profile.id") }
        guard choices.count == 1, let text = choice.value.string, !text.isEmpty else {
            throw RequestDocument.invalid(
                "trusted_profile.\(choice.name)",
                "give exactly one of id, crn and name, as a string"
            )
        }
        switch choice.name {
        case "id": self = .id(text)
        case "crn": self = .crn(text)
        default: self = .name(text)
        }
    }

    /// A text that may be any of them: IDs and CRNs cannot be mistaken for names.
    init(text: String) {
        if ProfileID(text) != nil {
            self = .id(text)
        } else if ProfileCRN(text) != nil {
            self = .crn(text)
        } else {
            self = .name(text)
        }
    }

    /// The configured profiles that are meant, the first choice first.
    ///
    /// Several are one and the same profile of IBM's under several names of ours.
    func candidates(among profiles: [TrustedProfile]) -> [ProfileName] {
        switch self {
        case .instanceDefault:
            let marked = profiles.filter { $0.reference == .instanceDefault }
            return (marked.isEmpty ? profiles.filter { $0.name.rawValue == "default" } : marked).map(\.name)
        case .id(let id): return profiles.filter { $0.profileID == id }.map(\.name)
        case .crn(let crn): return profiles.filter { $0.isMeant(byCRN: crn) }.map(\.name)
        case .name(let name): return profiles.filter { $0.isMeant(byName: name) }.map(\.name)
        }
    }
}

extension TrustedProfile {
    fileprivate var profileID: String? {
        switch reference {
        case .id(let id): id.rawValue
        case .crn(let crn): crn.profileID.rawValue
        case .name, .instanceDefault: nil
        }
    }

    /// A profile's ID is unique among all accounts, so where only that is configured it alone is compared.
    fileprivate func isMeant(byCRN text: String) -> Bool {
        guard let asked = ProfileCRN(text) else { return false }
        return switch reference {
        case .crn(let crn): crn == asked
        case .id(let id): id == asked.profileID
        case .name, .instanceDefault: false
        }
    }

    /// The name that IBM knows, or ours.
    fileprivate func isMeant(byName text: String) -> Bool {
        reference == .name(text) || name.rawValue == text
    }
}
