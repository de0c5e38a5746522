internal import SystemPrograms

/// Docker's helper for some registries, as a setting of `config.json`.
struct DockerSetting {
    let path: String
    let hosts: [String]
    /// Whether somebody has named the hosts.
    let isOfNamedHosts: Bool
    /// Docker calls `docker-credential-` and this.
    let helper: String

    var setting: ToolSetting {
        var alone = DockerConfiguration()
        alone.add(helper, for: hosts)
        return ToolSetting(
            text: alone.text,
            presence: presence,
            adding: { bytes throws(CommandFailure) in
                var configuration = try parsed(bytes)
                configuration.add(helper, for: hosts)
                return Array(configuration.text.utf8)
            },
            removing: { bytes, removal throws(CommandFailure) in
                var configuration = try parsed(bytes)
                let before = try parsed(removal.before)
                let isAny = removal.isOfEverything || !isOfNamedHosts
                return configuration.removeOurs(where: { (isAny || hosts.contains($0)) && !before.hasOurs(for: $0) })
                    ? Array(configuration.text.utf8) : nil
            },
            substance: { bytes throws(CommandFailure) in
                let configuration = try parsed(bytes)
                return configuration.isEmpty ? [] : Array(configuration.text.utf8)
            },
            prepare: { () throws(CommandFailure) in _ = try ToolProgram.place(ofHelper: program) },
            ask: ask
        )
    }

    private var program: String { "docker-credential-\(helper)" }

    private func parsed(_ bytes: [UInt8]?) throws(CommandFailure) -> DockerConfiguration {
        guard let bytes else { return DockerConfiguration() }
        return try DockerConfiguration(parsing: bytes, path: path)
    }

    private func presence(_ bytes: [UInt8]?) throws(CommandFailure) -> ToolSetting.Presence {
        let configuration = try parsed(bytes)
        let others = hosts.compactMap { host in
            configuration.helper(of: host).flatMap { $0 == helper ? nil : "\(host) has \($0)" }
        }
        guard others.isEmpty else { return .taken(others.joined(separator: ", ")) }
        let missing = hosts.filter { configuration.helper(of: $0) == nil }
        return missing.isEmpty ? .complete : .missing(missing.joined(separator: ", "))
    }

    /// Calls the helper as docker does, by its name.
    ///
    /// Docker itself asks its helpers only on the way to a registry or an engine, so it cannot be asked here. `list` is the
    /// one question that all helpers answer without a token.
    private func ask() throws(CommandFailure) -> String {
        let tool = try ToolProgram.required(program)
        let run = try tool.run(["list"])
        guard run.isSuccess, run.output == "{}\n" else {
            throw CommandFailure(
                .rejected,
                "\(tool.path) is not iam-broker's helper: asked for a list, it \(run.isSuccess ? "has one" : "fails")",
                hint: "make it a link to iam-broker, or put the folder with that link first in PATH"
            )
        }
        return "the helper is \(tool.path)"
    }
}
