internal import SystemPrograms

/// git's helper for some hosts, as a setting that git itself writes and reads (git-config(1)).
struct GitSetting {
    let file: ToolFile
    /// Whether it is a file that git reads by itself.
    let isGits: Bool
    let hosts: [String]
    let profile: String?
    let username: String?

    var setting: ToolSetting {
        ToolSetting(
            text: hosts.map(text).joined(),
            presence: presence,
            adding: { bytes throws(CommandFailure) in
                let helpers = try helpers(in: bytes)
                return try edited(bytes) { git, path throws(CommandFailure) in
                    for host in hosts where !helpers.contains(where: { $0.key == Self.key(of: host) && $0.isOurs }) {
                        // An empty value makes git forget the helpers before it. They would get our tokens to keep them.
                        for value in ["", helper(of: host)] {
                            try Self.change(git, path, ["--add", Self.key(of: host), value])
                        }
                    }
                }
            },
            removing: removing,
            substance: { bytes in SectionedText.substance(bytes) },
            prepare: { () throws(CommandFailure) in _ = try ToolProgram.place(ofHelper: "git-credential-iam-broker") },
            ask: ask
        )
    }

    /// A setting as git's configuration has it; a helper, for the most part.
    private struct Helper: Equatable {
        let key: String
        let value: String
        var isOurs: Bool { value == "iam-broker" || value.hasPrefix("iam-broker ") }
    }

    private static func key(of host: String) -> String { "credential.https://\(host).helper" }

    private func helper(of host: String) -> String {
        "iam-broker --host \(host)" + (profile.map { " --profile \($0)" } ?? "")
            + (username.map { " --username \($0)" } ?? "")
    }

    /// As git writes it.
    private func text(of host: String) -> String {
        "[credential \"https://\(host)\"]\n\thelper = \n\thelper = \(helper(of: host))\n"
    }

    private func git() throws(CommandFailure) -> ToolProgram {
        try ToolProgram.required("git", keeping: ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"])
    }

    /// The helpers of all hosts, in the order of the file.
    private func helpers(in bytes: [UInt8]?) throws(CommandFailure) -> [Helper] {
        try entries(in: bytes).filter { $0.key.hasPrefix("credential.https://") && $0.key.hasSuffix(".helper") }
    }

    /// Everything that git reads in the file, in its order.
    private func entries(in bytes: [UInt8]?) throws(CommandFailure) -> [Helper] {
        guard let bytes else { return [] }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw CommandFailure(.badInput, "\(file.path) is no text in UTF-8")
        }
        let run = try git().run(["config", "--file", "-", "--no-includes", "--null", "--list"], input: text)
        guard run.isSuccess else {
            throw CommandFailure(.badInput, "git cannot read \(file.path): \(run.complaint)")
        }
        return run.output.split(separator: "\0")
            .map { entry in
                let parts = entry.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                return Helper(key: String(parts[0]), value: parts.count == 2 ? String(parts[1]) : "")
            }
    }

    private func presence(_ bytes: [UInt8]?) throws(CommandFailure) -> ToolSetting.Presence {
        let helpers = try helpers(in: bytes).filter { !$0.value.isEmpty }
        var missing: [String] = []
        for host in hosts {
            let values = helpers.filter { $0.key == Self.key(of: host) }.map(\.value)
            if let other = values.first(where: { $0 != helper(of: host) }) {
                return .taken("\(Self.key(of: host)) is \(ForeignCommand.summary(other))")
            }
            if values.isEmpty { missing.append(Self.key(of: host)) }
        }
        return missing.isEmpty ? .complete : .missing(missing.joined(separator: ", "))
    }

    /// Works by lines, because git can take out all empty helpers of a host and not the one that is ours.
    ///
    /// Whether nothing else is gone is for git to say.
    private func removing(_ bytes: [UInt8], _ removal: ToolSetting.Removal) throws(CommandFailure) -> [UInt8]? {
        let before = try helpers(in: removal.before)
        let named = Set(hosts.map(Self.key))
        let isMeant = { (helper: Helper) in
            helper.isOurs && (removal.isOfEverything || named.isEmpty || named.contains(helper.key))
                && !before.contains(helper)
        }
        let entries = try entries(in: bytes)
        let ours = entries.indices.filter { isMeant(entries[$0]) }
        guard !ours.isEmpty else { return nil }
        // The empty value directly before is the one that was added with it.
        let empty = ours.map { $0 - 1 }
            .filter { $0 >= 0 && entries[$0].value.isEmpty && entries[$0].key == entries[$0 + 1].key }
        let rest = entries.indices.filter { !ours.contains($0) && !empty.contains($0) }.map { entries[$0] }
        var text = try GitText(bytes, path: file.path)
        text.remove { key, value in isMeant(Helper(key: key, value: value)) }
        guard try self.entries(in: text.bytes) == rest else {
            throw CommandFailure(
                .badInput,
                "the helpers in \(file.path) are written in a way that is not known here, and are left alone",
                hint: "take them out with: git config --file \(file.path) --edit"
            )
        }
        return text.bytes
    }

    /// What git makes of the file: it has its own file format, so it is the one to write it.
    private func edited(
        _ bytes: [UInt8]?,
        _ body: (ToolProgram, String) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> [UInt8] {
        let copy = try ScratchCopy.make(of: bytes ?? [], beside: file)
        try body(git(), copy.path)
        return try copy.content()
    }

    private static func change(_ git: ToolProgram, _ path: String, _ words: [String]) throws(CommandFailure) {
        let run = try git.run(["config", "--file", path] + words)
        guard run.isSuccess else {
            throw CommandFailure(
                .internalFailure,
                "git cannot change its configuration: \(run.complaint)",
                hint: "see whether there is room where its file is: df"
            )
        }
    }

    /// Asks git which helper it has for each host, everything it reads considered.
    private func ask() throws(CommandFailure) -> String {
        let git = try git()
        for host in hosts {
            // From a folder that is no repository, whose own configuration would come last.
            let scope = isGits ? [] : ["--file", file.path]
            let run = try git.run(
                ["-C", "/", "config"] + scope + ["--get-urlmatch", "credential.helper", "https://\(host)"]
            )
            let answer = run.output.split(separator: "\n").first.map { String($0) } ?? ""
            guard run.isSuccess, answer == helper(of: host) else {
                throw CommandFailure(
                    .rejected,
                    "git has another helper for https://\(host): \(ForeignCommand.summary(answer))",
                    hint: "see where it comes from: git config --show-origin --get-regexp 'credential.*helper'"
                )
            }
        }
        return "git asks it for \(hosts.joined(separator: ", "))"
    }
}
