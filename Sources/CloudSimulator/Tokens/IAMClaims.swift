internal import FoundationEssentials

/// The claims of an IAM access token.
struct IAMClaims {
    let instance: SimulatedInstance
    let life: TokenLife
    let faults: Set<TokenFault>
    /// `client_id`: the client of Basic authorization, or `default`.
    var client = "default"

    /// A profile that is never one of the simulated account's.
    static let otherProfile = TrustedProfile(id: "Profile-00000000-0000-4000-8000-00000000bad0", name: "other")

    /// A trusted profile's token, obtained with the compute resource `resource`.
    func document(profile asked: TrustedProfile, resource: ComputeResource) -> JSONOutput {
        let profile = faults.contains(.otherProfile) ? Self.otherProfile : asked
        let authentication: JSONOutput = [
            "sub": .string(resource.subject),
            "iam_id": .string("crn-\(resource.subject)"),
            "name": .string(resource.name),
        ]
        let account: JSONOutput = ["boundary": "global", "valid": true, "bss": .string(accountID)]
        let head = subject(profile.id, name: profile.name, type: "Profile")
        return tail(head.adding("authn", authentication).adding("account", account), grant: .computeResource)
    }

    /// A service ID's token, obtained with an API key.
    func document(serviceID: ServiceIDKey) -> JSONOutput {
        let authentication: JSONOutput = [
            "sub": .string(serviceID.serviceID),
            "iam_id": .string("iam-\(serviceID.serviceID)"),
            "sub_type": "ServiceId",
            "name": .string(serviceID.name),
        ]
        let account: JSONOutput = ["valid": true, "bss": .string(accountID), "frozen": true]
        let head = subject(serviceID.serviceID, name: serviceID.name, type: "ServiceId")
        return tail(head.adding("authn", authentication).adding("account", account), grant: .apiKey)
            .adding("acr", 1)
            .adding("amr", ["pwd"])
    }

    private var accountID: String { faults.contains(.otherAccount) ? IdentityClaims.otherAccount : instance.account }

    private func subject(_ id: String, name: String, type: String) -> JSONOutput {
        [
            "iam_id": .string("iam-\(id)"),
            "id": .string("iam-\(id)"),
            "realmid": "iam",
            "jti": .string(UUID().uuidString.lowercased()),
            "identifier": .string(id),
            "name": .string(name),
            "sub": .string(id),
            "sub_type": .string(type),
        ]
    }

    private func tail(_ head: JSONOutput, grant: GrantType) -> JSONOutput {
        head.adding("iat", .integer(life.issuedAt))
            .adding("exp", .integer(life.expiresAt))
            .adding("iss", .string(instance.issuer))
            .adding("grant_type", .string(grant.rawValue))
            .adding("scope", "ibm openid")
            .adding("client_id", .string(client))
    }
}

/// The grants of `POST /identity/token` that the simulator plays.
enum GrantType: String, CaseIterable {
    case computeResource = "urn:ibm:params:oauth:grant-type:cr-token"
    case apiKey = "urn:ibm:params:oauth:grant-type:apikey"
}

/// Who stands behind a trusted profile's token.
struct ComputeResource {
    /// The CRN of an instance, or the name of a service account in a cluster.
    let subject: String
    let name: String

    init(_ instance: SimulatedInstance) { (subject, name) = (instance.crn, instance.name) }
    init(_ account: ServiceAccountToken) { (subject, name) = (account.name, account.name) }
}
