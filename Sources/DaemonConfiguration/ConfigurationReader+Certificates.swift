internal import AccessPolicy
internal import DocumentReader
internal import IdentityCertificates

extension ConfigurationReader {
    private static let mostCertificates = 16
    private static let lifetimes = 300...3_600
    private static let certificateKeys = [
        "subject", "key_type", "lifetime", "key", "chain", "bundle", "owner", "group", "mode", "roots", "reload",
    ]

    /// The section `certificates`: by name, what to ask for and where to put it.
    func certificates(
        _ section: DocumentValue?,
        _ identity: IdentitySetting
    ) throws(DocumentError) -> [CertificateSetting] {
        guard let section else { return [] }
        guard case .metadataService = identity else {
            throw section.error("only the metadata service gives certificates; leave out identity.token_file")
        }
        let members = try section.mapping().members
        guard members.count <= Self.mostCertificates else {
            throw section.error("must not name more than \(Self.mostCertificates) certificates")
        }
        var settings: [CertificateSetting] = []
        for member in members {
            guard Self.isName(member.name) else {
                throw member.place.error("a certificate's name has 1 to 64 letters, digits, '.', '_' and '-'")
            }
            let setting = try certificate(member.name, member.value)
            for other in settings where !Set(other.files.paths).isDisjoint(with: setting.files.paths) {
                throw member.value.error("writes into a file of certificates.\(other.name)")
            }
            settings.append(setting)
        }
        return settings
    }

    private func certificate(_ name: String, _ section: DocumentValue) throws(DocumentError) -> CertificateSetting {
        let members = try section.mapping(known: Self.certificateKeys)
        var lifetime = Self.lifetimes.upperBound
        if let value = members["lifetime"] {
            lifetime = Int(try value.duration(in: Self.lifetimes).components.seconds)
        }
        let subject = try members.required("subject")
        let roots = try members["roots"].map(roots)
        let reload = try members["reload"].map(program)
        return CertificateSetting(
            name: name,
            subject: try Self.checked(subject, subject.string()) { text throws(CertificateError) in
                try CertificateSubject(text)
            },
            keyType: try members["key_type"].map(keyType) ?? .rsa4096,
            lifetime: lifetime,
            files: try files(members, section),
            roots: roots,
            reload: reload
        )
    }

    private func files(
        _ members: DocumentMapping,
        _ section: DocumentValue
    ) throws(DocumentError) -> CertificateFiles {
        let key = try plainPath(members.required("key"))
        let chain = try plainPath(members.required("chain"))
        let bundle = try members["bundle"].map(plainPath)
        let owner = try members["owner"]
            .map { value throws(DocumentError) in try account(value, "user", accounts.userID) }
        let group = try members["group"]
            .map { value throws(DocumentError) in try account(value, "group", accounts.groupID) }
        let mode = try members["mode"].map(mode) ?? 0o600
        do {
            return try CertificateFiles(
                key: key,
                chain: chain,
                bundle: bundle,
                owner: owner,
                group: group,
                mode: mode
            )
        } catch {
            throw section.error(error.message)
        }
    }

    func account(
        _ value: DocumentValue,
        _ kind: String,
        _ find: (String) -> UInt32?
    ) throws(DocumentError) -> UInt32 {
        let name = try value.string()
        guard let id = find(name) ?? UInt32(name), id != .max else {
            throw value.error("this machine has no \(kind) '\(name)'")
        }
        return id
    }

    /// One spelling for each file, so that two of the daemon's files cannot share one unseen.
    func plainPath(_ value: DocumentValue) throws(DocumentError) -> String {
        let path = try path(value)
        let steps = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        // An empty last step is told by what names the file.
        guard !steps.dropLast().contains(""), !steps.contains("."), !steps.contains("..") else {
            throw value.error("must be written without '//', '/./' and '/../'")
        }
        return path
    }

    /// Octal digits in quotes: YAML reads a bare `0640` as another number.
    func mode(_ value: DocumentValue) throws(DocumentError) -> UInt32 {
        guard let mode = UInt32(try value.string(), radix: 8) else {
            throw value.error("must be octal digits in quotes, such as \"0640\"")
        }
        return mode
    }

    private func keyType(_ value: DocumentValue) throws(DocumentError) -> KeyType {
        guard let type = KeyType(rawValue: try value.string()) else {
            throw value.error("must be one of \(KeyType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return type
    }

    private func roots(_ value: DocumentValue) throws(DocumentError) -> TrustRoots {
        let text = try TextFile.read(try path(value))
        return try Self.checked(value, text) { text throws(CertificateError) in try TrustRoots(pem: text) }
    }

    func program(_ value: DocumentValue) throws(DocumentError) -> [String] {
        var words: [String] = []
        for word in try value.list() { words.append(try word.string()) }
        guard let program = words.first, program.hasPrefix("/"), !words.contains(where: { $0.utf8.contains(0) }) else {
            throw value.error("must be a list: the absolute path of a program, and its arguments; there is no shell")
        }
        return words
    }

    private static func checked<Value>(
        _ value: DocumentValue,
        _ text: String,
        _ read: (String) throws(CertificateError) -> Value
    ) throws(DocumentError) -> Value {
        do throws(CertificateError) {
            return try read(text)
        } catch {
            throw value.error(error.message)
        }
    }

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                let character = Character(Unicode.Scalar(byte))
                return character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
            }
    }
}
