internal import AccessPolicy
internal import BrokerAPI
internal import CredentialSinks
internal import DocumentReader
internal import IdentityCertificates
internal import SecretFiles
internal import TokenBroker

extension ConfigurationReader {
    private static let mostSinks = 64
    private static let sinkKeys = [
        "profile", "path", "format", "variable", "template", "hmac", "owner", "group", "mode", "require", "check",
        "reload",
        "reload_unit", "remove",
    ]
    private static let systemctl = "/usr/bin/systemctl"

    /// The section `sinks`: by name, which token to keep where.
    func sinks(
        _ section: DocumentValue?,
        profiles: [TrustedProfile],
        _ identity: IdentitySetting
    ) throws(DocumentError) -> [SinkSetting] {
        guard let section else { return [] }
        let members = try section.mapping().members
        guard members.count <= Self.mostSinks else {
            throw section.error("must not name more than \(Self.mostSinks) sinks")
        }
        var settings: [SinkSetting] = []
        for member in members {
            guard ProfileName(member.name) != nil else {
                throw member.place.error("a sink's name has 1 to 64 letters, digits, '.', '_' and '-'")
            }
            let setting = try sink(member.name, member.value, profiles, identity)
            for other in settings where other.file.location.path == setting.file.location.path {
                throw member.value.error("writes the file of sinks.\(other.name)")
            }
            settings.append(setting)
        }
        return settings
    }

    /// A sink must not write the file of a certificate.
    func checkThatFilesDiffer(
        _ sinks: [SinkSetting],
        _ certificates: [CertificateSetting],
        _ section: DocumentValue?
    ) throws(DocumentError) {
        for sink in sinks {
            for certificate in certificates where certificate.files.paths.contains(sink.file.location.path) {
                let value = try section?.mapping()[sink.name] ?? section
                if let value { throw value.error("writes into a file of certificates.\(certificate.name)") }
            }
        }
    }

    /// The section `credentials`: by name, what a unit's credential holds.
    func credentials(
        _ section: DocumentValue?,
        profiles: [TrustedProfile]
    ) throws(DocumentError) -> [String: CredentialSetting] {
        var settings: [String: CredentialSetting] = [:]
        for profile in profiles {
            settings[profile.name.rawValue] = CredentialSetting(
                profile: profile.name,
                content: .format(.raw, variable: TokenFormat.standardVariable)
            )
        }
        for member in try section?.mapping().members ?? [] {
            guard Self.isName(member.name) else {
                throw member.place.error("a credential's name has 1 to 64 letters, digits, '.', '_' and '-'")
            }
            let members = try member.value.mapping(known: ["profile", "format", "variable"])
            let profile = try self.profile(members.required("profile"), of: profiles)
            guard settings[member.name].map({ $0.profile == profile }) ?? true else {
                throw member.value.error("has the name of another profile; whoever asks for that would get this one")
            }
            settings[member.name] = CredentialSetting(profile: profile, content: try format(members))
        }
        return settings
    }

    private func sink(
        _ name: String,
        _ section: DocumentValue,
        _ profiles: [TrustedProfile],
        _ identity: IdentitySetting
    ) throws(DocumentError) -> SinkSetting {
        let members = try section.mapping(known: Self.sinkKeys)
        let content = try content(members, section)
        let pair = try members["hmac"].map(pair)
        try check(content, members, section, identity)
        return SinkSetting(
            name: name,
            profile: try profile(members.required("profile"), of: profiles),
            content: content,
            file: try file(members, section),
            removal: try members["remove"].map(removal) ?? [.lock, .expiry],
            check: try members["check"].map(checkProgram),
            reload: try reload(members, section),
            pair: pair
        )
    }

    func profile(
        _ value: DocumentValue,
        of profiles: [TrustedProfile]
    ) throws(DocumentError) -> ProfileName {
        guard let name = ProfileName(try value.string()), profiles.contains(where: { $0.name == name }) else {
            throw value.error("there is no profile of this name in 'profiles'")
        }
        return name
    }

    // MARK: What is in it

    private func content(
        _ members: DocumentMapping,
        _ section: DocumentValue
    ) throws(DocumentError) -> SinkContent {
        guard let template = members["template"] else { return try format(members) }
        guard members["format"] == nil, members["variable"] == nil else {
            throw section.error("has either a format or a template")
        }
        return .template(try SinkTemplate(reading: path(template)))
    }

    private func format(_ members: DocumentMapping) throws(DocumentError) -> SinkContent {
        var format = TokenFormat.raw
        if let value = members["format"] {
            guard let named = TokenFormat(rawValue: try value.string()) else {
                throw value.error("must be one of \(TokenFormat.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            format = named
        }
        guard let value = members["variable"] else { return .format(format, variable: TokenFormat.standardVariable) }
        guard format == .env || format == .dotenv else { throw value.error("goes with format env or dotenv") }
        let variable = try value.string()
        guard VariableName.isOne(variable) else { throw value.error("must be a name as shells take it") }
        return .format(format, variable: variable)
    }

    /// What the template asks for must be there to be had.
    private func check(
        _ content: SinkContent,
        _ members: DocumentMapping,
        _ section: DocumentValue,
        _ identity: IdentitySetting
    ) throws(DocumentError) {
        let sources = Set(content.variables.map(\.source))
        guard sources.contains(.pair) == (members["hmac"] != nil) else {
            throw section.error(
                sources.contains(.pair)
                    ? "the template asks for an HMAC pair: say which with 'hmac'"
                    : "'hmac' is for templates with \(TemplateVariable.accessKeyID.rawValue)"
            )
        }
        if sources.contains(.instance), case .tokenFile = identity {
            throw section.error("only the metadata service tells of the instance; leave out identity.token_file")
        }
    }

    private func pair(_ value: DocumentValue) throws(DocumentError) -> String {
        let name = try value.string()
        guard HMACPair.isName(name) else { throw value.error("must be letters, digits, '-' and '_', 64 at most") }
        return "\(HMACPair.standardFolder)/\(name).json"
    }

    // MARK: Where it is

    func file(_ members: DocumentMapping, _ section: DocumentValue) throws(DocumentError) -> SecretFile {
        try file(at: plainPath(members.required("path")), members, section)
    }

    /// A file for a secret at `path`, whose permissions are among the members.
    func file(
        at path: String,
        _ members: DocumentMapping,
        _ section: DocumentValue
    ) throws(DocumentError) -> SecretFile {
        let owner = try members["owner"]
            .map { value throws(DocumentError) in try account(value, "user", accounts.userID) }
        let group = try members["group"]
            .map { value throws(DocumentError) in try account(value, "group", accounts.groupID) }
        let mode = try members["mode"].map(mode) ?? 0o600
        let isInMemory = try members["require"].map(isInMemory) ?? false
        do throws(SecretFileError) {
            return SecretFile(
                location: try FileLocation(path),
                permissions: try .secret(owner: owner, group: group, mode: mode),
                isInMemory: isInMemory
            )
        } catch {
            throw section.error(error.message)
        }
    }

    private func isInMemory(_ value: DocumentValue) throws(DocumentError) -> Bool {
        guard try value.string() == "tmpfs" else { throw value.error("can only be tmpfs") }
        return true
    }

    private func removal(_ value: DocumentValue) throws(DocumentError) -> Set<SinkSetting.Removal> {
        var removal: Set<SinkSetting.Removal> = []
        for element in try value.list() {
            guard let named = SinkSetting.Removal(rawValue: try element.string()) else {
                throw element.error(
                    "must be one of \(SinkSetting.Removal.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            removal.insert(named)
        }
        return removal
    }

    // MARK: What is run

    func checkProgram(_ value: DocumentValue) throws(DocumentError) -> [String] {
        let words = try program(value)
        guard words.dropFirst().contains(where: { $0.contains(SinkSetting.contentWord) }) else {
            throw value.error(
                "must have \(SinkSetting.contentWord) in an argument, where the path of the new content stands"
            )
        }
        return words
    }

    func reload(
        _ members: DocumentMapping,
        _ section: DocumentValue
    ) throws(DocumentError) -> [String]? {
        guard let unit = members["reload_unit"] else { return try members["reload"].map(program) }
        guard members["reload"] == nil else { throw section.error("has either 'reload' or 'reload_unit'") }
        let name = try unit.string()
        let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard isPlain, !name.hasPrefix("-"), name.utf8.count <= 255, name.contains(".") else {
            throw unit.error("must be a unit's whole name, such as reports.service")
        }
        return [Self.systemctl, "try-reload-or-restart", "--no-block", name]
    }
}
