internal import SystemPrograms

/// A remote of rclone that takes its credentials from a profile of the AWS tools' configuration.
struct RcloneSetting {
    let path: String
    let remote: String
    /// Whether somebody has named the remote.
    let isNamed: Bool
    /// What the AWS tools call the profile.
    let profile: String
    let endpoint: String

    var setting: ToolSetting {
        ToolSetting(
            text: "[\(remote)]\n\(lines.joined(separator: "\n"))\n",
            presence: presence,
            adding: { bytes throws(CommandFailure) in try parsed(bytes).appending(section: remote, lines) },
            removing: { bytes, removal throws(CommandFailure) in
                let file = try parsed(bytes)
                let before = Set(try parsed(removal.before).sections.filter(Self.isOurs).map(\.name))
                let isAny = removal.isOfEverything || !isNamed
                let ours = file.sections.filter {
                    Self.isOurs($0) && (isAny || $0.name == remote) && !before.contains($0.name)
                }
                return ours.isEmpty
                    ? nil : file.removing(Set(ours.flatMap { $0.allLines(in: file.text) }))
            },
            substance: { bytes in SectionedText.substance(bytes) },
            prepare: {},
            ask: ask
        )
    }

    /// `env_auth` makes rclone read the AWS tools' configuration, and `profile` says which of its profiles.
    private var wanted: [(key: String, value: String)] {
        [
            ("type", "s3"), ("provider", "IBMCOS"), ("env_auth", "true"), ("profile", profile), ("endpoint", endpoint),
            Self.mark,
        ]
    }
    private var lines: [String] { wanted.map { "\($0.key) = \($0.value)" } }

    /// By this the remote is known as ours; rclone shows it to people.
    private static let mark = (key: "description", value: "iam-broker setup rclone")

    private static func isOurs(_ section: INIText.Section) -> Bool { section.value(of: mark.key) == mark.value }

    private func parsed(_ bytes: [UInt8]?) throws(CommandFailure) -> INIText {
        if let bytes, String(decoding: bytes, as: UTF8.self).contains("\nRCLONE_ENCRYPT_V") {
            throw CommandFailure(
                .badInput,
                "\(path) is encrypted",
                hint: "add by hand what --print prints: rclone config create"
            )
        }
        return try INIText(bytes, path: path, hasContinuations: false)
    }

    private func presence(_ bytes: [UInt8]?) throws(CommandFailure) -> ToolSetting.Presence {
        guard let found = try parsed(bytes).sections.first(where: { $0.name == remote }) else {
            return .missing("[\(remote)]")
        }
        if let other = wanted.first(where: { found.value(of: $0.key) != $0.value }) {
            return .taken(
                "[\(remote)] is a remote with \(found.value(of: other.key) == nil ? "no" : "another") \(other.key)"
            )
        }
        let rivals = ["access_key_id", "secret_access_key", "session_token", "shared_credentials_file"]
        if let rival = found.keys.first(where: { rivals.contains($0.name) }) {
            return .taken("[\(remote)] has \(rival.name)")
        }
        return .complete
    }

    /// Asks rclone, where there is one, what it reads.
    private func ask() throws(CommandFailure) -> String {
        let credentials = "its credentials are those of the profile \(profile), which 'iam-broker setup aws' makes"
        guard let rclone = ToolProgram("rclone") else {
            return "rclone is not in PATH to be asked; \(credentials)"
        }
        let run = try rclone.run(["--config", path, "config", "show", remote])
        let shown = Set(run.output.split(separator: "\n").map { String($0) })
        guard run.isSuccess, lines.allSatisfy({ shown.contains($0) }) else {
            throw CommandFailure(
                .rejected,
                "rclone reads another remote \(remote): \(run.isSuccess ? "not ours" : run.complaint)",
                hint: "see what it reads: rclone config show \(remote)"
            )
        }
        return "rclone has the remote \(remote):; \(credentials)"
    }
}
