internal import JOSE

extension SimulatedInstance {
    private static let members: Set<String> = collections.union([
        "account", "id", "crn", "name", "region", "zone", "compute_profile", "resource_group", "vpc", "subnet",
        "addresses", "user_data", "profiles", "default_profile", "api_keys", "hmac_pairs",
        "service_account_tokens",
        "token_lifetime", "issuer", "metadata_service",
    ])

    /// Reads an instance file; members that are absent are those of the built-in instance.
    package init(parsing bytes: [UInt8]) throws(DocumentError) {
        self.init()
        let reader = try ObjectReader(document: bytes, knowing: Self.members, upTo: 1_024 * 1_024)
        account = try reader.text("account") ?? account
        guard account.count == 32, account.utf8.allSatisfy({ Self.hexadecimal.contains($0) }) else {
            throw reader.error("account", "must be 32 hexadecimal digits")
        }
        id = try reader.text("id") ?? id
        name = try reader.text("name") ?? name
        if let region = try reader.text("region") { (self.region, zone) = (region, "\(region)-1") }
        zone = try reader.text("zone") ?? zone
        statedCRN = try reader.text("crn")
        computeProfile = try reader.text("compute_profile") ?? computeProfile
        resourceGroup = try Self.resource(reader, "resource_group") ?? resourceGroup
        vpc = try Self.resource(reader, "vpc") ?? vpc
        subnet = try Self.resource(reader, "subnet") ?? subnet
        if let addresses = try reader.object("addresses", knowing: ["private", "floating"]) {
            privateAddress = try addresses.text("private") ?? privateAddress
            floatingAddresses = try addresses.strings("floating") ?? []
        }
        userData = try reader.string("user_data") ?? userData
        tokenLifetime = try reader.integer("token_lifetime", in: 1...86_400) ?? tokenLifetime
        issuer = try reader.text("issuer") ?? issuer
        try readProfiles(reader)
        try readCredentials(reader)
        try readHMACPairs(reader)
        try readMetadataService(reader)
        try readCollections(reader)
    }

    private static let hexadecimal = Set("0123456789abcdef".utf8)

    private static func resource(_ reader: ObjectReader, _ name: String) throws(DocumentError) -> NamedResource? {
        guard let resource = try reader.object(name, knowing: ["id", "name"]) else { return nil }
        return NamedResource(
            id: try resource.required("id", resource.text("id")),
            name: try resource.required("name", resource.text("name"))
        )
    }

    private mutating func readProfiles(_ reader: ObjectReader) throws(DocumentError) {
        if let readers = try reader.objects("profiles", knowing: ["id", "name", "linked"]) {
            (profiles, defaultProfile) = ([], nil)
            for profile in readers {
                let id = try profile.required("id", profile.text("id"))
                guard id.hasPrefix("Profile-") else { throw profile.error("id", "must start with 'Profile-'") }
                let name = try profile.required("name", profile.text("name"))
                guard !profiles.contains(where: { $0.id == id }) else {
                    throw profile.error("id", "is the ID of another profile too")
                }
                guard !profiles.contains(where: { $0.name == name }) else {
                    throw profile.error("name", "is the name of another profile too")
                }
                profiles.append(TrustedProfile(id: id, name: name, isLinked: try profile.bool("linked") ?? true))
            }
        }
        if reader.isNull("default_profile") {
            defaultProfile = nil
        } else if let name = try reader.text("default_profile") {
            guard profiles.contains(where: { $0.name == name }) else {
                throw reader.error("default_profile", "must be the name of one of the profiles")
            }
            defaultProfile = name
        }
    }

    private mutating func readCredentials(_ reader: ObjectReader) throws(DocumentError) {
        if let readers = try reader.objects("api_keys", knowing: ["name", "service_id", "key"]) {
            apiKeys = []
            for entry in readers {
                let serviceID = try entry.required("service_id", entry.text("service_id"))
                guard serviceID.hasPrefix("ServiceId-") else {
                    throw entry.error("service_id", "must start with 'ServiceId-'")
                }
                let key = try entry.required("key", entry.text("key"))
                let name = try entry.required("name", entry.text("name"))
                apiKeys.append(ServiceIDKey(name: name, serviceID: serviceID, key: Redacted(key)))
            }
        }
        if let readers = try reader.objects("service_account_tokens", knowing: ["name", "token"]) {
            serviceAccountTokens = []
            for entry in readers {
                let token = try entry.required("token", entry.text("token"))
                let name = try entry.required("name", entry.text("name"))
                serviceAccountTokens.append(ServiceAccountToken(name: name, token: Redacted(token)))
            }
        }
    }

    private mutating func readHMACPairs(_ reader: ObjectReader) throws(DocumentError) {
        guard let readers = try reader.objects("hmac_pairs", knowing: ["name", "access_key_id", "secret_access_key"])
        else { return }
        var pairs = HMACPairs([])
        for entry in readers {
            let id = try entry.required("access_key_id", entry.text("access_key_id"))
            guard !id.contains("/") else { throw entry.error("access_key_id", "must not contain '/'") }
            let secret = try entry.required("secret_access_key", entry.text("secret_access_key"))
            let name = try entry.required("name", entry.text("name"))
            guard pairs[id] == nil else { throw entry.error("access_key_id", "is there twice") }
            guard pairs.add(HMACPair(name: name, accessKeyID: id, secretAccessKey: Redacted(secret))) else {
                throw reader.error("hmac_pairs", "must be \(HMACPairs.maximumCount) at most")
            }
        }
        hmacPairs = pairs.all
    }

    private mutating func readMetadataService(_ reader: ObjectReader) throws(DocumentError) {
        let names: Set = ["enabled", "protocol", "response_hop_limit", "when_disabled"]
        guard let service = try reader.object("metadata_service", knowing: names) else { return }
        metadataService = MetadataService(
            isEnabled: try service.bool("enabled") ?? true,
            accessProtocol: try service.choice("protocol") ?? .http,
            responseHopLimit: try service.integer("response_hop_limit", in: MetadataService.hopLimits) ?? 1,
            whenDisabled: try service.choice("when_disabled") ?? .silence
        )
    }
}
