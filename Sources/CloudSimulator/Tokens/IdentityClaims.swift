/// The claims of an instance identity token (IBM documents a sample; there is no `sub` and no `jti`).
struct IdentityClaims {
    let instance: SimulatedInstance
    let life: TokenLife
    let nonce: String?
    let faults: Set<TokenFault>

    /// An account that is never the simulated one's.
    static let otherAccount = "00000000000000000000000000000bad"
    static let wrongNonce = "a-nonce-that-nobody-asked-for"

    /// The `iss` of identity tokens in `region`: not a URL.
    static func issuer(in region: String) -> String { "VSI-CR_\(region)" }

    var document: JSONOutput {
        let issuer = JSONOutput.string(Self.issuer(in: instance.region))
        let addresses = (instance.floatingAddresses + [instance.privateAddress])
            .map { JSONOutput.object([("address", .string($0))]) }
        let document: JSONOutput = [
            "aud": [issuer, "3e2d1c0b-9a8f-4e7d-8c6b-5a4f3e2d1c0b_18446744073709551615"],
            "exp": .integer(life.expiresAt),
            "iaas": resource,
            "iat": .integer(life.issuedAt),
            "ip_addresses": .array(addresses),
            "iss": issuer,
            "subnets": [reference(instance.subnet, crn: instance.resourceCRN("subnet", instance.subnet.id))],
            "vpc": reference(instance.vpc, crn: instance.regionalCRN("vpc", instance.vpc.id)),
        ]
        return document.adding("nonce", nonce.map(JSONOutput.string))
    }

    private var resource: JSONOutput {
        [
            "accountID": .string(faults.contains(.otherAccount) ? Self.otherAccount : instance.account),
            "crn": .string(instance.crn),
            "instanceID": .string(instance.id),
            "profile_name": .string(instance.computeProfile),
            "region": .string(instance.region),
            "resource_group_id": .string(instance.resourceGroup.id),
            "zone": .string(instance.zone),
        ]
    }

    private func reference(_ resource: NamedResource, crn: String) -> JSONOutput {
        ["crn": .string(crn), "id": .string(resource.id), "name": .string(resource.name)]
    }
}
