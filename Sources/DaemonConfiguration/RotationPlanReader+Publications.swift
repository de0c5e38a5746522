internal import BrokerAPI
internal import CredentialSinks
internal import DocumentReader
internal import IBMCloud
internal import KeyRotation
internal import SecretFiles

/// Where the key of a plan goes.
extension RotationPlanReader {
    private static let places = ["hmac", "aws", "file", "secrets-manager"]
    private static let mostPublications = 16
    private static let permissionKeys = ["owner", "group", "mode"]
    private static let programKeys = ["check", "reload", "reload_unit"]

    /// What is published, in the order of the document.
    ///
    /// - Parameters:
    ///   - section: the list; `nil` where there is none.
    ///   - place: what an error about a missing list points to.
    ///   - target: what is rotated.
    ///   - plan: the plan's name.
    /// - Returns: the places, whose names differ.
    /// - Throws: ``DocumentError``.
    func publications(
        _ section: DocumentValue?,
        _ place: DocumentValue,
        _ target: KeyTarget,
        _ plan: PlanName
    ) throws(DocumentError) -> [PublicationSetting] {
        let listed = try section?.list() ?? []
        // Consumers of a secret read it where it is.
        guard !listed.isEmpty || !target.traits.hasValue || target.traits.isSingular else {
            throw (section ?? place).error("needs 'publish' with at least one place, or nobody would get the new key")
        }
        if let section, !target.traits.hasValue {
            throw section.error("a \(target.kind) has no value that could be published")
        }
        guard listed.count <= Self.mostPublications else {
            throw (section ?? place).error("must not have more than \(Self.mostPublications) places")
        }
        var publications: [PublicationSetting] = []
        for element in listed {
            let places = try element.mapping(known: Self.places)
            guard let place = places.members.first, places.members.count == 1 else {
                throw element.error("must have exactly one of \(Self.places.joined(separator: ", "))")
            }
            publications.append(try publication(place.name, place.value, KeyFields(of: target), target, plan))
        }
        return publications
    }

    private func publication(
        _ place: String,
        _ value: DocumentValue,
        _ fields: KeyFields,
        _ target: KeyTarget,
        _ plan: PlanName
    ) throws(DocumentError) -> PublicationSetting {
        if ["hmac", "aws"].contains(place), fields["access_key_id"] == nil {
            throw value.error("is for a resource-key, which has an HMAC pair")
        }
        switch place {
        case "hmac": return try pair(value, fields, plan)
        case "aws":
            let members = try value.mapping(known: ["path", "section"] + Self.permissionKeys + Self.programKeys)
            let section = try members["section"].map(section) ?? "default"
            return try file("aws", members, value, KeyContent(.awsCredentials(section: section), fields: fields), plan)
        case "file":
            let members = try value.mapping(
                known: ["path", "format", "field", "variable", "template"] + Self.permissionKeys + Self.programKeys
            )
            return try file("file", members, value, content(members, value, fields), plan)
        default:
            let secret = try secret(value, fields)
            try claims.takeSecret(secret.id, for: plan, value)
            return PublicationSetting(name: "secrets-manager:\(secret.id)", destination: .secret(secret))
        }
    }

    // MARK: Files

    /// A name, or a mapping with the name and whose the file is.
    private func pair(
        _ value: DocumentValue,
        _ fields: KeyFields,
        _ plan: PlanName
    ) throws(DocumentError) -> PublicationSetting {
        let members = value.isMapping ? try value.mapping(known: ["name"] + Self.permissionKeys) : nil
        let named = try members?.required("name") ?? value
        let name = try named.string()
        guard HMACPair.isName(name) else { throw named.error("must be letters, digits, '-' and '_', 64 at most") }
        let path = "\(HMACPair.standardFolder)/\(name).json"
        let file =
            if let members {
                try configuration.file(at: path, members, value)
            } else {
                try Self.standardFile(path, value)
            }
        try claims.takeFile(path, for: plan, value)
        return PublicationSetting(
            name: "hmac:\(name)",
            destination: .file(KeyFileSetting(file: file, content: KeyContent(.hmacPair, fields: fields)))
        )
    }

    private static func standardFile(_ path: String, _ value: DocumentValue) throws(DocumentError) -> SecretFile {
        do throws(SecretFileError) {
            return SecretFile(location: try FileLocation(path), permissions: try .secret())
        } catch {
            throw value.error(error.message)
        }
    }

    private func file(
        _ kind: String,
        _ members: DocumentMapping,
        _ value: DocumentValue,
        _ content: KeyContent,
        _ plan: PlanName
    ) throws(DocumentError) -> PublicationSetting {
        let file = try configuration.file(members, value)
        let setting = KeyFileSetting(
            file: file,
            content: content,
            check: try members["check"].map(configuration.checkProgram),
            reload: try configuration.reload(members, value)
        )
        try claims.takeFile(file.location.path, for: plan, members["path"] ?? value)
        return PublicationSetting(name: "\(kind):\(file.location.path)", destination: .file(setting))
    }

    private func section(_ value: DocumentValue) throws(DocumentError) -> String {
        let section = try value.string()
        guard ConfigurationReader.isName(section) else {
            throw value.error("must be 1 to 64 letters, digits, '.', '_' and '-'")
        }
        return section
    }

    // MARK: Contents

    private func content(
        _ members: DocumentMapping,
        _ value: DocumentValue,
        _ fields: KeyFields
    ) throws(DocumentError) -> KeyContent {
        if let template = members["template"] {
            for key in ["format", "field", "variable"] {
                if let other = members[key] { throw other.error("does not go with a template") }
            }
            let path = try configuration.path(template)
            return KeyContent(.template(try SinkTemplate(reading: path, in: .key(fields))), fields: fields)
        }
        let format = try members["format"]?.string() ?? "raw"
        if format == "json", let field = members["field"] { throw field.error("does not go with json, which has all") }
        if !["env", "dotenv"].contains(format), let variable = members["variable"] {
            throw variable.error("goes with format env or dotenv")
        }
        switch format {
        case "raw": return KeyContent(.raw(try field(members, value, fields)), fields: fields)
        case "env", "dotenv":
            let name = try members.required("variable")
            guard VariableName.isOne(try name.string()) else { throw name.error("must be a name as shells take it") }
            let field = try field(members, value, fields)
            let variable = try name.string()
            let form: KeyContent.Form =
                format == "env" ? .env(field, variable: variable) : .dotenv(field, variable: variable)
            return KeyContent(form, fields: fields)
        case "json": return KeyContent(.json, fields: fields)
        default: throw (members["format"] ?? value).error("must be one of raw, env, dotenv, json")
        }
    }

    /// The field that is named, or the only one that there is.
    private func field(
        _ members: DocumentMapping,
        _ value: DocumentValue,
        _ fields: KeyFields
    ) throws(DocumentError) -> TemplateVariable {
        let names = fields.names
        guard let named = members["field"] else {
            guard let only = names.first, names.count == 1, let field = fields[only] else {
                throw value.error("needs 'field', one of \(names.joined(separator: ", "))")
            }
            return field
        }
        guard let field = fields[try named.string()] else {
            throw named.error("must be one of \(names.joined(separator: ", "))")
        }
        return field
    }

    private func secret(_ value: DocumentValue, _ fields: KeyFields) throws(DocumentError) -> SecretSinkTarget {
        let members = try value.mapping(known: ["url", "secret", "type", "field", "member"])
        let type = try members.required("type")
        let url = "\(try configuration.keyServiceURL(members.required("url")))"
        let id = try members.required("secret").identifier()
        // What the key's material calls it: for the adapter.
        let field =
            try members["field"]
            .map { named throws(DocumentError) in fields.field(try self.field(members, value, fields)) } ?? nil
        let form: SecretSinkTarget.Form
        switch try type.string() {
        case "arbitrary":
            if let member = members["member"] { throw member.error("goes with type kv") }
            form = field.map { .field($0) } ?? .document
        case "kv":
            if let member = members["member"] {
                guard let only = fields.field(try self.field(members, value, fields)) else {
                    throw member.error("there is no field for it")
                }
                form = .member(try member.identifier(longest: 128), field: only)
            } else {
                if let field = members["field"] { throw field.error("needs 'member', which is to hold it") }
                form = .members
            }
        default: throw type.error("must be arbitrary or kv")
        }
        return SecretSinkTarget(url: url, id: id, form: form)
    }
}
