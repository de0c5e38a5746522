internal import SystemPrograms

/// A user with iam-broker as its credential plugin, in a kubeconfig.
///
/// kubectl judges: it reads the file before and after, and what is not ours must read the same. It does not write, because it
/// drops comments, and the one that Debian 12 has crashes when it writes an `exec` section.
struct KubectlSetting {
    let file: ToolFile
    let kubectl: ToolProgram
    let user: String
    /// Whether somebody has named the user, or a context that has it.
    let isNamed: Bool
    let profile: String?
    let versions: KubectlVersions

    var setting: ToolSetting {
        ToolSetting(
            text: Self.text(user: user, profile: profile, versions),
            presence: presence,
            adding: adding,
            removing: removing,
            substance: { bytes in KubeconfigText.substance(bytes) },
            prepare: { () throws(CommandFailure) in _ = try ToolProgram.place(ofHelper: "iam-broker") },
            ask: ask
        )
    }

    /// What is added, as it would stand in a file of its own.
    static func text(user: String, profile: String?, _ versions: KubectlVersions) -> String {
        "users:\n" + item(user: user, profile: profile, versions).map { $0 + "\n" }.joined()
    }

    private static func item(user: String, profile: String?, _ versions: KubectlVersions) -> [String] {
        let arguments = ["credential", "kubectl"] + (profile.map { ["--profile", $0] } ?? [])
        let words = arguments.map { "\"\($0)\"" }.joined(separator: ", ")
        return [
            "- name: \"\(user)\"", "  user:", "    exec:", "      apiVersion: \(versions.api)",
            "      command: iam-broker", "      args: [\(words)]",
        ] + (versions.needsMode ? ["      interactiveMode: Never"] : [])
    }

    private func presence(_ bytes: [UInt8]?) throws(CommandFailure) -> ToolSetting.Presence {
        guard bytes != nil else { return .missing("the user \(user)") }
        let view = try Self.view(file.path, kubectl, called: file.path)
        guard let found = view.users.first(where: { $0.name == user }) else { return .missing("the user \(user)") }
        guard found.isOurs else {
            return .taken(
                "the user \(user) has " + (found.command == nil ? "other settings" : "another credential plugin")
            )
        }
        // The profile is what counts: the helper may be called by its other name.
        let options = found.command?.dropFirst().filter { $0 != "credential" && $0 != "kubectl" } ?? []
        guard options == (profile.map { ["--profile", $0] } ?? []) else {
            return .taken("the user \(user) has iam-broker with \(options.isEmpty ? "no options" : "other options")")
        }
        return .complete
    }

    private func adding(_ bytes: [UInt8]?) throws(CommandFailure) -> [UInt8] {
        var text = try KubeconfigText(bytes, path: file.path)
        text.add(Self.item(user: user, profile: profile, versions))
        let after = try view(text.bytes)
        let before = try bytes.map { bytes throws(CommandFailure) in try view(bytes) }
        let isRight = after.users.contains { $0.name == user && $0.isOurs }
        guard isRight, before.map({ $0.rest(without: []) == after.rest(without: [user]) }) ?? true else {
            throw unknownStyle("add by hand what --print prints")
        }
        return text.bytes
    }

    private func removing(_ bytes: [UInt8], _ removal: ToolSetting.Removal) throws(CommandFailure) -> [UInt8]? {
        let before = try view(bytes)
        let isAny = removal.isOfEverything || !isNamed
        let others = try removal.before.map { bytes throws(CommandFailure) in Set(try view(bytes).ourUsers) } ?? []
        let ours = Set(before.ourUsers.filter { isAny || $0 == user }).subtracting(others)
        guard !ours.isEmpty else { return nil }
        var text = try KubeconfigText(bytes, path: file.path)
        for name in ours {
            guard text.remove(user: name) else {
                throw unknownStyle("take it out with: kubectl config delete-user \(name)")
            }
        }
        guard try view(text.bytes).rest(without: []) == before.rest(without: ours) else {
            throw unknownStyle("take the users out with kubectl config delete-user")
        }
        return text.bytes
    }

    private func unknownStyle(_ hint: String) -> CommandFailure {
        CommandFailure(
            .badInput,
            "the users in \(file.path) are written in a way that is not known here, and are left alone",
            hint: hint
        )
    }

    private func view(_ bytes: [UInt8]) throws(CommandFailure) -> KubeconfigView {
        let copy = try ScratchCopy.make(of: bytes, beside: file)
        return try Self.view(copy.path, kubectl, called: file.path)
    }

    /// What kubectl reads in the file at `path`, which messages call by another name.
    static func view(
        _ path: String,
        _ kubectl: ToolProgram,
        called name: String
    ) throws(CommandFailure) -> KubeconfigView {
        let run = try kubectl.run(["--kubeconfig", path, "config", "view", "-o", "json"])
        guard run.isSuccess, let view = KubeconfigView(run.output) else {
            // Its words name the copy, and may go on to quote the file.
            throw CommandFailure(
                .badInput,
                "kubectl cannot read \(name)",
                hint: "see why: kubectl --kubeconfig \(name) config view"
            )
        }
        return view
    }

    private func ask() throws(CommandFailure) -> String {
        let view = try Self.view(file.path, kubectl, called: file.path)
        guard let found = view.users.first(where: { $0.name == user }), found.isOurs else {
            throw CommandFailure(.rejected, "kubectl does not find the user \(user) there")
        }
        return "kubectl \(versions.client) asks it for the user \(user)"
    }
}
