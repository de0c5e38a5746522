internal import AccessPolicy
internal import AuditTrail
internal import BrokerServer
internal import DocumentReader
internal import IBMCloud
internal import NIOCore
internal import TokenBroker

/// Reads the sections of the configuration file.
struct ConfigurationReader {
    let accounts: AccountNames

    // MARK: IBM's services

    func metadata(_ section: DocumentValue?) throws(DocumentError) -> VPCIdentityConfiguration {
        let members = try section?.mapping(known: Self.metadataKeys)
        guard let standard = ServiceURL("http://169.254.169.254") else {
            throw DocumentError(file: "", line: nil, key: "metadata.url", message: "has no default")
        }
        var configuration = VPCIdentityConfiguration(url: try members?["url"].map(url) ?? standard)
        if let file = members?["ca_file"] { configuration.trust = try trust(file) }
        if let nonce = members?["require_nonce"] { configuration.requireNonce = try nonce.bool() }
        configuration.deadlines = try deadlines(members?["timeouts"], .linkLocal)
        if let section = members?["url"], !configuration.url.isEncrypted, !configuration.url.isLinkLocal {
            throw section.error("must begin with https:// unless it is the metadata service or this machine")
        }
        return configuration
    }

    func iam(_ section: DocumentValue?) throws(DocumentError) -> (configuration: IAMConfiguration, issuer: String) {
        let members = try section?.mapping(known: ["url", "issuer", "keys_url", "ca_file", "timeouts"])
        guard let standard = ServiceURL("https://iam.cloud.ibm.com") else {
            throw DocumentError(file: "", line: nil, key: "iam.url", message: "has no default")
        }
        var configuration = IAMConfiguration(url: try members?["url"].map(encryptedURL) ?? standard)
        configuration.keySetURL = try members?["keys_url"].map(encryptedURL)
        if let file = members?["ca_file"] { configuration.trust = try trust(file) }
        configuration.deadlines = try deadlines(members?["timeouts"], .network)
        return (configuration, try members?["issuer"]?.string() ?? "https://iam.cloud.ibm.com/identity")
    }

    func identity(_ section: DocumentValue?) throws(DocumentError) -> IdentitySetting {
        guard let section else { return .metadataService }
        return .tokenFile(try path(section.mapping(known: ["token_file"]).required("token_file")))
    }

    private func trust(_ value: DocumentValue) throws(DocumentError) -> TLSTrust {
        let trust = TLSTrust.certificateAuthorityFile(try path(value))
        do {
            try trust.check()
        } catch {
            throw value.error(error.description)
        }
        return trust
    }

    func url(_ value: DocumentValue) throws(DocumentError) -> ServiceURL {
        guard let url = ServiceURL(try value.string()) else {
            throw value.error("must be a URL such as https://iam.cloud.ibm.com, without user, query or fragment")
        }
        return url
    }

    private func encryptedURL(_ value: DocumentValue) throws(DocumentError) -> ServiceURL {
        let url = try url(value)
        guard url.isEncrypted || url.isLoopback else {
            throw value.error("must begin with https://: IAM is only called encrypted, or on this machine")
        }
        return url
    }

    private func deadlines(_ section: DocumentValue?, _ standard: HTTPDeadlines) throws(DocumentError) -> HTTPDeadlines
    {
        guard let section else { return standard }
        let members = try section.mapping(known: ["connect", "first_byte", "total"])
        var deadlines = standard
        let range = 0...300
        if let value = members["connect"] { deadlines.connect = try value.duration(in: range) }
        if let value = members["total"] { deadlines.total = try value.duration(in: range) }
        if let value = members["first_byte"] {
            deadlines.firstByte = try value.duration(in: range)
        } else {
            deadlines.firstByte = min(deadlines.firstByte, deadlines.total)
        }
        guard min(deadlines.connect, deadlines.firstByte, deadlines.total) > .zero else {
            throw section.error("every time span must be longer than 0s")
        }
        guard deadlines.firstByte <= deadlines.total else {
            throw section.error("first_byte must not be longer than total")
        }
        return deadlines
    }

    // MARK: Profiles

    func account(_ value: DocumentValue?) throws(DocumentError) -> String? {
        guard let value else { return nil }
        let account = try value.string()
        let isID = account.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard account.utf8.count == 32, isID else {
            throw value.error("must be an account ID: 32 hexadecimal digits, letters in lower case")
        }
        return account
    }

    func profiles(
        _ section: DocumentValue,
        account: String?,
        _ identity: IdentitySetting
    ) throws(DocumentError) -> [TrustedProfile] {
        var profiles: [TrustedProfile] = []
        for member in try section.mapping().members {
            guard let name = ProfileName(member.name) else {
                throw member.place.error("a profile's name has 1 to 64 letters, digits, '.', '_' and '-'")
            }
            let keys = try member.value.mapping(known: ["id", "crn", "name", "instance_default", "prefetch"])
            let reference = try reference(keys, member.value)
            if case .crn(let crn) = reference, let account, crn.accountID != account {
                throw member.value.error("the CRN is of another account than 'account'")
            }
            if case .name = reference, case .tokenFile = identity, account == nil {
                throw member.value.error("a name means something in one account only; set 'account', or give an id")
            }
            if case .instanceDefault = reference, case .tokenFile = identity {
                throw member.value.error("only an instance has a default profile; with identity.token_file give an id")
            }
            let prefetch = try keys["prefetch"]?.bool() ?? false
            profiles.append(TrustedProfile(name: name, reference: reference, prefetch: prefetch))
        }
        guard !profiles.isEmpty else { throw section.error("must name at least one profile") }
        return profiles
    }

    private func reference(_ keys: DocumentMapping, _ owner: DocumentValue) throws(DocumentError) -> ProfileReference {
        let given = keys.members.filter { $0.name != "prefetch" }
        guard let key = given.first, given.count == 1 else {
            throw owner.error("must have exactly one of id, crn, name, instance_default")
        }
        let text = try key.value.string()
        switch key.name {
        case "id":
            guard let id = ProfileID(text) else { throw key.value.error("must be 'Profile-' and a UUID") }
            return .id(id)
        case "crn":
            guard let crn = ProfileCRN(text) else { throw key.value.error("must be the CRN of a trusted profile") }
            return .crn(crn)
        case "name":
            return .name(text)
        default:
            guard try key.value.bool() else { throw key.value.error("can only be true") }
            return .instanceDefault
        }
    }

    // MARK: This machine

    func path(_ value: DocumentValue) throws(DocumentError) -> String {
        let path = try value.string()
        guard path.hasPrefix("/") else { throw value.error("must be an absolute path") }
        return path
    }

    func listeners(_ section: DocumentValue?) throws(DocumentError) -> (workload: SocketFile, admin: SocketFile) {
        let members = try section?.mapping(known: Self.listenKeys)
        let group = try members?["admin_group"]
            .map { value throws(DocumentError) in
                let name = try value.string()
                guard let id = accounts.groupID(name) else { throw value.error("this machine has no group '\(name)'") }
                return id
            }
        let workload = try members?["workload"].map(socketPath) ?? "/run/iam-broker/workload.sock"
        let admin = try members?["admin"].map(socketPath) ?? "/run/iam-broker/admin.sock"
        // Every local process may connect to the first; policy decides. The second is for its owner and group.
        return (SocketFile(path: workload, mode: 0o666), SocketFile(path: admin, mode: 0o660, group: group))
    }

    /// The socket at which systemd asks for credentials of units: root alone connects to it.
    func credentialSocket(_ section: DocumentValue?) throws(DocumentError) -> SocketFile? {
        guard let value = try section?.mapping(known: Self.listenKeys)["credentials"] else { return nil }
        return SocketFile(path: try socketPath(value), mode: 0o600)
    }

    func limits(_ section: DocumentValue?) throws(DocumentError) -> ConnectionLimits {
        var limits = ConnectionLimits()
        guard let section else { return limits }
        let members = try section.mapping(known: ["connections", "connections_per_user", "request", "idle"])
        if let value = members["connections"] { limits.connections = try value.integer(in: 1...65_536) }
        if let value = members["connections_per_user"] { limits.connectionsPerUser = try value.integer(in: 1...65_536) }
        if let value = members["request"] { limits.request = TimeAmount(try value.duration(in: 1...3_600)) }
        if let value = members["idle"] { limits.idle = TimeAmount(try value.duration(in: 1...3_600)) }
        return limits
    }

    func audit(_ section: DocumentValue?, state: String) throws(DocumentError) -> AuditFileConfiguration {
        let members = try section?.mapping(known: ["folder", "required", "max_size", "files"])
        var audit = AuditFileConfiguration(folder: try members?["folder"].map(path) ?? state + "/audit")
        if let value = members?["required"] { audit.isRequired = try value.bool() }
        if let value = members?["max_size"] { audit.maximumSize = try value.integer(in: 1...10_240) * 1_024 * 1_024 }
        if let value = members?["files"] { audit.keptFiles = try value.integer(in: 0...10_000) }
        return audit
    }

    func socketPath(_ value: DocumentValue) throws(DocumentError) -> String {
        let path = try path(value)
        // sun_path holds 108 bytes, the last of which is zero (unix(7)).
        guard path.utf8.count < 108 else { throw value.error("must be shorter than 108 bytes: it names a Unix socket") }
        return path
    }
}
