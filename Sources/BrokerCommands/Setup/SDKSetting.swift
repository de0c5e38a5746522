internal import SystemPrograms

/// Services of IBM's SDKs that get their tokens from the broker's loopback listener, in a credentials file.
///
/// The file is lines of `NAME=VALUE` (reference: IBM API, section 8.5).
struct SDKSetting {
    let path: String
    let services: [String]
    /// Base URL of the listener.
    let listener: String
    let profile: Profile

    /// Which trusted profile: the type `vpc` of the SDKs knows IDs and CRNs.
    enum Profile {
        case ofTheInstance
        case id(String)
        case crn(String)
    }

    var setting: ToolSetting {
        ToolSetting(
            text: services.flatMap(wanted).map { "\($0.name)=\($0.value)\n" }.joined(),
            presence: presence,
            adding: { bytes throws(CommandFailure) in
                let there = try variables(in: bytes)
                var text = try TextLines(bytes, path: path)
                let missing = services.flatMap(wanted).filter { one in !there.contains { $0.name == one.name } }
                text.append(missing.map { "\($0.name)=\($0.value)" })
                return text.bytes
            },
            removing: removing,
            substance: { bytes in SectionedText.substance(bytes) },
            prepare: {},
            ask: ask
        )
    }

    /// What the SDKs put before the names of a service's settings.
    static func prefix(of service: String) -> String { service.uppercased().replacing("-", with: "_") + "_" }

    private func wanted(_ service: String) -> [(name: String, value: String)] {
        let prefix = Self.prefix(of: service)
        let common = [(prefix + "AUTH_TYPE", "vpc"), (prefix + "AUTH_URL", listener)]
        return switch profile {
        case .ofTheInstance: common
        case .id(let id): common + [(prefix + "IAM_PROFILE_ID", id)]
        case .crn(let crn): common + [(prefix + "IAM_PROFILE_CRN", crn)]
        }
    }

    /// What would say something else of the same.
    private static let rivals = [
        "AUTH_TYPE", "AUTHTYPE", "AUTH_URL", "IAM_PROFILE_ID", "IAM_PROFILE_CRN", "IAM_PROFILE_NAME",
    ]

    /// The lines as the SDKs cut them: at the first `=`, without white space at either end of the line.
    private func variables(
        in bytes: [UInt8]?
    ) throws(CommandFailure) -> [(name: String, value: String, line: Int)] {
        try TextLines(bytes, path: path).lines.enumerated()
            .compactMap { index, line in
                let line = TextLines.trimmed(line)
                guard let separator = line.firstIndex(of: "="), !line.hasPrefix("#") else { return nil }
                return (String(line[..<separator]), String(line[line.index(after: separator)...]), index)
            }
    }

    private func presence(_ bytes: [UInt8]?) throws(CommandFailure) -> ToolSetting.Presence {
        let there = try variables(in: bytes)
        var missing: [String] = []
        for service in services {
            let wanted = wanted(service)
            let prefix = Self.prefix(of: service)
            for variable in there where Self.rivals.contains(where: { variable.name == prefix + $0 }) {
                guard wanted.contains(where: { $0.name == variable.name && $0.value == variable.value }) else {
                    return .taken("\(variable.name) is something else")
                }
            }
            missing += wanted.map(\.name).filter { name in !there.contains { $0.name == name } }
        }
        return missing.isEmpty ? .complete : .missing(missing.joined(separator: ", "))
    }

    /// The services that get their tokens from the listener, as what the SDKs put before their names.
    private func ours(in bytes: [UInt8]?) throws(CommandFailure) -> [String] {
        let there = try variables(in: bytes)
        return there.filter { $0.name.hasSuffix("_AUTH_URL") && $0.value == listener }
            .map { String($0.name.dropLast("AUTH_URL".count)) }
            .filter { prefix in there.contains { $0.name == prefix + "AUTH_TYPE" && $0.value == "vpc" } }
    }

    private func removing(_ bytes: [UInt8], _ removal: ToolSetting.Removal) throws(CommandFailure) -> [UInt8]? {
        let there = try variables(in: bytes)
        let before = try ours(in: removal.before)
        let isAny = removal.isOfEverything || services.isEmpty
        let prefixes = try ours(in: bytes)
            .filter { prefix in
                (isAny || services.contains { Self.prefix(of: $0) == prefix }) && !before.contains(prefix)
            }
        guard !prefixes.isEmpty else { return nil }
        let ours = there.filter { variable in
            prefixes.contains { prefix in Self.rivals.contains { variable.name == prefix + $0 } }
        }
        var text = try TextLines(bytes, path: path)
        text.remove(Set(ours.map(\.line)))
        return text.bytes
    }

    /// Makes an authenticator for each service, which sends nothing, and prints what it would do.
    private static let program = """
        import sys
        try:
            from ibm_cloud_sdk_core import get_authenticator_from_environment
        except ImportError:
            sys.exit(3)
        for name in sys.argv[1:]:
            one = get_authenticator_from_environment(name)
            manager = getattr(one, "token_manager", None)
            print(one and one.authentication_type(), getattr(manager, "url", None),
                  getattr(manager, "iam_profile_id", None), getattr(manager, "iam_profile_crn", None))
        """

    /// Asks IBM's SDK for Python, where there is one, what it reads.
    private func ask() throws(CommandFailure) -> String {
        let names = services.joined(separator: ", ")
        let unasked =
            "IBM's SDK for Python is not here to be asked about \(names), so this is as the SDKs are documented"
        guard let python = ToolProgram("python3") else { return unasked }
        let run = try python.run(
            ["-I", "-c", Self.program] + services,
            setting: ["IBM_CREDENTIALS_FILE": path]
        )
        if run.end == .exited(3) { return unasked }
        let profile =
            switch profile {
            case .ofTheInstance: "None None"
            case .id(let id): "\(id) None"
            case .crn(let crn): "None \(crn)"
            }
        let wanted = String(repeating: "vpc \(listener) \(profile)\n", count: services.count)
        guard run.isSuccess, run.output == wanted else {
            throw CommandFailure(
                .rejected,
                "IBM's SDK for Python reads something else for \(names)\(run.isSuccess ? "" : ": \(run.complaint)")",
                hint: "look for other lines of these services in the file"
            )
        }
        return "IBM's SDK for Python takes it for \(names)"
    }
}
