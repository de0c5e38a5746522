internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import Glibc
internal import JOSE

/// Credentials that IBM's SDKs and tools would use before they ask the broker (reference: IBM API, sections 8.5, 8.6, 8.8 and 8.9).
///
/// Names are told, values never.
struct StrayCredentials {
    private let process: ExaminedProcess

    init(in process: ExaminedProcess) {
        self.process = process
    }

    /// Variables that hold a credential whatever else is set.
    private static let variables: Set = [
        "IBMCLOUD_API_KEY", "IC_API_KEY", "BM_API_KEY", "BLUEMIX_API_KEY", "IBM_API_KEY_ID", "IBM_SERVICE_ID_API_KEY",
        "IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN", "IC_IAM_REFRESH_TOKEN", "IBMCLOUD_IAM_REFRESH_TOKEN",
        "IBMCLOUD_CR_TOKEN",
    ]
    /// After the name of a service, in the environment and in the files of the SDKs.
    private static let properties = ["_APIKEY", "_BEARER_TOKEN", "_REFRESH_TOKEN", "_IAM_APIKEY"]
    private static let fileLimit = 1 << 20

    /// One for each credential, or one that says that there is none.
    var findings: [DiagnosisResponse.Finding] {
        var findings = ofEnvironment
        for file in files { if let finding = examine(file) { findings.append(finding) } }
        findings += unseen
        guard findings.isEmpty else { return findings }
        return [Self.finding("ok", subject: nil, "none that an SDK in \(subject) would use before it asks the broker")]
    }

    /// What cannot be looked at from here.
    private var unseen: [DiagnosisResponse.Finding] {
        if process.id == nil, process.environment["SUDO_UID"] != nil {
            return [
                Self.finding(
                    "unknown",
                    subject: nil,
                    "sudo removes the variables of your shell, so they cannot be looked at: run it without sudo, too",
                    repair: "iam-broker doctor"
                )
            ]
        }
        guard process.home == nil else { return [] }
        return [Self.finding("unknown", subject: nil, "\(subject) has no HOME, so its home folder is not known")]
    }

    private var subject: String { process.id.map { "process \($0)" } ?? "this environment" }

    private var ofEnvironment: [DiagnosisResponse.Finding] {
        let names = Self.credentials(process.environment)
        return names.map { name in
            Self.finding(
                "fault",
                subject: name,
                "the variable is set in \(subject); SDKs and tools use it before they ask the broker",
                repair: process.id == nil ? "unset \(name)" : nil
            )
        }
    }

    /// The names in `settings` that hold a credential.
    ///
    /// A key that goes to this machine goes to the broker, to which it means nothing.
    private static func credentials(_ settings: [String: String]) -> [String] {
        settings.filter { !$0.value.isEmpty }.keys
            .filter { name in
                if name == "IBM_API_KEY_ID" { return !isLocal(settings["IBM_AUTH_ENDPOINT"]) }
                if variables.contains(name) { return true }
                if name == "VCAP_SERVICES" { return settings[name].map { $0 != "{}" } ?? false }
                guard let property = properties.first(where: { name.hasSuffix($0) }) else { return false }
                return !isLocal(settings[name.dropLast(property.count) + "_AUTH_URL"])
            }
            .sorted()
    }

    private static func isLocal(_ url: String?) -> Bool {
        guard let url, let host = URLComponents(string: url)?.host else { return false }
        return host == "127.0.0.1" || host == "localhost" || host == "[::1]" || host == "::1"
    }

    /// A file that may hold credentials, and how to tell.
    private struct File {
        let path: String
        let form: Form

        enum Form {
            /// `NAME=value` on each line, as the SDKs read it.
            case properties
            /// The session of IBM's command line.
            case commandLine
            /// Nothing but credentials.
            case credentials
        }
    }

    private var files: [File] {
        var files: [File] = []
        // The first that exists is the only one that is used, but the next deployment may remove it.
        if let path = process.environment["IBM_CREDENTIALS_FILE"], !path.isEmpty {
            files.append(File(path: path, form: .properties))
        }
        files.append(File(path: "ibm-credentials.env", form: .properties))
        guard let home = process.home, home.hasPrefix("/") else { return files }
        return files + [
            File(path: "\(home)/ibm-credentials.env", form: .properties),
            File(path: "\(home)/.bluemix/cos_credentials", form: .credentials),
            File(path: "\(home)/.bluemix/config.json", form: .commandLine),
        ]
    }

    private func examine(_ file: File) -> DiagnosisResponse.Finding? {
        let path = process.reachable(file.path)
        var status = stat()
        guard unsafe lstat(path, &status) == 0 || errno != ENOENT && errno != ENOTDIR else { return nil }
        let text: [UInt8]
        do {
            text = try InputFile(regularFile: path).readAll(limit: Self.fileLimit)
        } catch {
            return Self.finding("unknown", subject: path, error.message, repair: "sudo iam-broker doctor")
        }
        switch file.form {
        case .properties:
            let names = Self.credentials(Self.settings(text))
            guard !names.isEmpty else { return nil }
            return Self.finding(
                "fault",
                subject: path,
                "it sets \(names.joined(separator: ", ")); SDKs read it before the environment and never ask the broker",
                repair: Self.moveAway(path)
            )
        case .commandLine:
            let limits = JSONLimits(size: Self.fileLimit, depth: 64)
            guard let document = try? JSONDocument(parsing: text, limits: limits) else {
                return Self.finding("unknown", subject: path, "it is not the JSON of the IBM Cloud command line")
            }
            let isLoggedIn = ["IAMToken", "IAMRefreshToken"].contains { document.root[$0]?.string?.isEmpty == false }
            guard isLoggedIn else { return nil }
            return Self.finding(
                "fault",
                subject: path,
                "a login of the IBM Cloud command line, which every process of its user can use",
                repair: "ibmcloud logout"
            )
        case .credentials:
            guard !text.isEmpty else { return nil }
            return Self.finding(
                "fault",
                subject: path,
                "the SDKs of Cloud Object Storage use it before they ask the broker",
                repair: Self.moveAway(path)
            )
        }
    }

    private static func settings(_ text: [UInt8]) -> [String: String] {
        let pairs = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
            .compactMap { line -> (String, String)? in
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !line.hasPrefix("#") else { return nil }
                let name = parts[0].drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
                return (String(name).uppercased(), String(parts[1]))
            }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// It may be the only copy.
    private static func moveAway(_ path: String) -> String { "mv -i \(shellWord(path)) \(shellWord(path + ".unused"))" }

    private static func shellWord(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }

    private static func finding(
        _ state: String,
        subject: String?,
        _ message: String,
        repair: String? = nil
    ) -> DiagnosisResponse.Finding {
        DiagnosisResponse.Finding(
            check: "credentials",
            subject: subject,
            state: state,
            message: message,
            repair: repair
        )
    }
}
