internal import SystemPrograms

/// A `credential_process` in a profile of the AWS tools' configuration.
struct AWSSetting {
    let path: String
    /// What the AWS tools call the profile.
    let name: String
    let pair: String
    /// The options that say what is taken out, if it is not everything.
    let named: (pair: String?, name: String?)
    let endpoint: String?

    var setting: ToolSetting {
        ToolSetting(
            text: "[\(section)]\n\(lines.joined(separator: "\n"))\n",
            presence: presence,
            adding: { bytes throws(CommandFailure) in
                let file = try parsed(bytes)
                guard let found = find(in: file) else { return file.appending(section: section, lines) }
                return file.inserting(lines, in: found)
            },
            removing: removing,
            substance: { bytes in SectionedText.substance(bytes) },
            prepare: { () throws(CommandFailure) in _ = try ToolProgram.place(ofHelper: "iam-broker") },
            ask: ask
        )
    }

    private var section: String { name == "default" ? "default" : "profile \(name)" }
    private var process: String { Self.command + pair }

    /// The comment makes clear which lines are ours: the endpoint is if it is the one that it repeats.
    private var lines: [String] {
        [Self.mark + (endpoint.map { " \($0)" } ?? "")] + (endpoint.map { ["endpoint_url = \($0)"] } ?? []) + [
            "\(Self.key) = \(process)"
        ]
    }

    private static let mark = "# iam-broker setup aws:"
    private static let key = "credential_process"
    private static let command = "iam-broker credential aws --pair "

    /// From these the AWS tools would take credentials before they look at `credential_process`, or instead.
    private static let rivals = [
        "aws_access_key_id", "aws_secret_access_key", "role_arn", "source_profile", "credential_source",
        "web_identity_token_file", "sso_session", "sso_start_url", "sso_account_id", "login_session",
    ]

    private func parsed(_ bytes: [UInt8]?) throws(CommandFailure) -> INIText {
        try INIText(bytes, path: path, hasContinuations: true)
    }

    private func find(in file: INIText) -> INIText.Section? {
        file.sections.first { Self.isProfile($0, name) }
    }

    private static func isProfile(_ section: INIText.Section, _ name: String) -> Bool {
        let words = section.name.split(whereSeparator: { " \t".contains($0) })
            .map { $0.filter { $0 != "\"" && $0 != "'" } }
        return words == ["profile", name] || name == "default" && words == ["default"]
    }

    private func presence(_ bytes: [UInt8]?) throws(CommandFailure) -> ToolSetting.Presence {
        guard let found = find(in: try parsed(bytes)) else { return .missing("[\(section)]") }
        if let rival = found.keys.first(where: { Self.rivals.contains($0.name) }) {
            return .taken("[\(found.name)] has \(rival.name)")
        }
        let values = found.keys.filter { $0.name == Self.key }.map(\.value)
        if let other = values.first(where: { $0 != process }) {
            return .taken("[\(found.name)] has \(Self.key) = \(ForeignCommand.summary(other))")
        }
        let endpoints = found.keys.filter { $0.name == "endpoint_url" }.map(\.value)
        if let endpoint, endpoints.contains(where: { $0 != endpoint }) {
            return .taken("[\(found.name)] has another endpoint_url")
        }
        if values.isEmpty, endpoint != nil, !endpoints.isEmpty {
            return .taken("[\(found.name)] has endpoint_url already; leave --endpoint out")
        }
        if !values.isEmpty, endpoint != nil, endpoints.isEmpty {
            return .taken("[\(found.name)] has \(Self.key), and no endpoint_url")
        }
        return values.isEmpty ? .missing("\(Self.key) in [\(found.name)]") : .complete
    }

    private func ourKey(of section: INIText.Section) -> INIText.Key? {
        section.keys.first { $0.name == Self.key && $0.value.hasPrefix(Self.command) }
    }

    private func isNamed(_ section: INIText.Section, _ key: INIText.Key) -> Bool {
        let isOfPair = named.pair.map { key.value == Self.command + $0 } ?? true
        return isOfPair && (named.name.map { Self.isProfile(section, $0) } ?? true)
    }

    private func removing(_ bytes: [UInt8], _ removal: ToolSetting.Removal) throws(CommandFailure) -> [UInt8]? {
        let file = try parsed(bytes)
        let before = Set(try parsed(removal.before).sections.filter { ourKey(of: $0) != nil }.map(\.name))
        var ours: Set<Int> = []
        for section in file.sections where !before.contains(section.name) {
            guard let key = ourKey(of: section), removal.isOfEverything || isNamed(section, key) else { continue }
            var lines = Set(key.lines)
            let inside = section.header + 1..<section.end
            if let mark = inside.first(where: { TextLines.trimmed(file.text.lines[$0]).hasPrefix(Self.mark) }) {
                lines.insert(mark)
                let endpoint = TextLines.trimmed(TextLines.trimmed(file.text.lines[mark]).dropFirst(Self.mark.count))
                let own = section.keys.first { $0.name == "endpoint_url" && $0.value == endpoint }
                if let own, own.lines.lowerBound > mark { lines.formUnion(own.lines) }
            }
            let rest = Set(inside).subtracting(lines).filter { !TextLines.isBlank(file.text.lines[$0]) }
            ours.formUnion(rest.isEmpty ? section.allLines(in: file.text) : lines)
        }
        return ours.isEmpty ? nil : file.removing(ours)
    }

    /// Asks the AWS command line, where there is one, what it reads.
    private func ask() throws(CommandFailure) -> String {
        guard let aws = ToolProgram("aws", keeping: ["AWS_SHARED_CREDENTIALS_FILE"]) else {
            return "aws is not in PATH to be asked, so this is as its configuration is documented"
        }
        var wanted: [(key: String, value: String?)] = [(Self.key, process), ("aws_access_key_id", nil)]
        if let endpoint { wanted.append(("endpoint_url", endpoint)) }
        for (key, value) in wanted {
            let run = try aws.run(
                ["configure", "get", key, "--profile", name],
                setting: ["AWS_CONFIG_FILE": path]
            )
            let answer = run.isSuccess ? TextLines.trimmed(run.output.split(separator: "\n").first ?? "") : nil
            guard answer == value else {
                // Never the answer: the credentials file may have a key in the place.
                let what =
                    value == nil
                    ? "aws has a key for the profile \(name) in its credentials file, and takes that"
                    : "aws reads another \(key) for the profile \(name): \(run.isSuccess ? "not ours" : run.complaint)"
                throw CommandFailure(
                    .rejected,
                    what,
                    hint: "see where it comes from: aws configure list --profile \(name)"
                )
            }
        }
        return "aws takes it for --profile \(name)"
    }
}
