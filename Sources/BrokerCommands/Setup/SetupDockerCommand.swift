internal import ArgumentParser
internal import Glibc

/// `iam-broker setup docker`.
struct SetupDockerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docker",
        abstract: "Have docker, podman and skopeo ask iam-broker for tokens of IBM's registries.",
        discussion: """
            Adds 'credHelpers' to config.json. The file as it was is kept beside it, with '.before-iam-broker' at the end, until \
            --undo. Helpers of others are left alone.
            """
    )

    enum Mode: String, EnumerableFlag {
        case check
        case print
        case undo

        static func help(for value: Mode) -> ArgumentHelp? {
            switch value {
            case .check: "Say whether it is as it should be, and change nothing."
            case .print: "Print what would be added, and change nothing."
            case .undo: "Take out what was added."
            }
        }
    }

    @Option(
        help: ArgumentHelp(
            "A registry. Can be repeated. (default: icr.io, us.icr.io, de.icr.io, uk.icr.io)",
            valueName: "host"
        )
    )
    var host: [String] = []

    @Option(help: "The name of the trusted profile, for the helper docker-credential-iam-broker-NAME.")
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "The file. (default: $DOCKER_CONFIG/config.json, or ~/.docker/config.json)",
            valueName: "path"
        )
    )
    var file: String?

    @Flag(exclusivity: .exclusive) var mode: Mode?

    /// Those that the reference names (IBM API, section 8.10).
    private static let registries = ["icr.io", "us.icr.io", "de.icr.io", "uk.icr.io"]

    func validate() throws {
        for name in host where RegistryHost(name)?.name != name || RegistryHost(name)?.isIBMs != true {
            throw ValidationError(
                "--host \(TerminalText.quoting(name)) is no registry of IBM Cloud; the helper has nothing for it"
            )
        }
        if let profile, !Self.isFileName(profile) {
            throw ValidationError("--profile must be letters, digits, '.', '_' and '-'")
        }
    }

    func run() throws {
        var wanted = DockerConfiguration()
        wanted.add(helper, for: hosts)
        if mode == .print {
            try StandardOutput.write(wanted.text)
            return
        }
        let file = try ToolFile(path())
        var now =
            try file.content()
            .map { bytes throws(CommandFailure) in try DockerConfiguration(parsing: bytes, path: file.path) }
            ?? DockerConfiguration()
        if mode == .undo { return try undo(&now, file) }
        let others = hosts.compactMap { host in
            now.helper(of: host).flatMap { $0 == helper ? nil : "\(host) has \($0)" }
        }
        guard others.isEmpty else {
            throw CommandFailure(
                .rejected,
                "\(file.path): other helpers are in the place: \(others.map(TerminalText.escaping).joined(separator: ", "))",
                hint: "take them out, or name the registries that you want with --host"
            )
        }
        let missing = hosts.filter { now.helper(of: $0) == nil }
        if mode == .check, !missing.isEmpty {
            throw CommandFailure(
                .rejected,
                "\(file.path): no helper for \(missing.joined(separator: ", "))",
                hint: "the same without --check adds it"
            )
        }
        guard let place = Self.place(of: "docker-credential-\(helper)") else {
            throw CommandFailure(
                .rejected,
                "docker-credential-\(helper) is nowhere in PATH, where docker looks for it",
                hint:
                    "make it a link to iam-broker, such as: sudo ln -s iam-broker /usr/local/bin/docker-credential-\(helper)"
            )
        }
        if !missing.isEmpty {
            now.add(helper, for: hosts)
            try file.replace(with: now.text)
        }
        let done = missing.isEmpty ? "in place" : "added \(missing.joined(separator: ", "))"
        try StandardOutput.write(
            "\(TerminalText.escaping(file.path)): \(done); the helper is \(TerminalText.escaping(place))\n"
        )
    }

    private func undo(_ now: inout DockerConfiguration, _ file: ToolFile) throws {
        let before = now.text
        now.removeOurs()
        let name = TerminalText.escaping(file.path)
        guard now.text != before else {
            try StandardOutput.write("\(name): nothing of iam-broker is in it\n")
            return
        }
        let backup = try file.content(ofBackup: true)
        if let backup, try DockerConfiguration(parsing: backup, path: file.backup).text == now.text {
            try file.restore()
        } else if backup == nil, now.isEmpty {
            try file.remove()
        } else {
            // Somebody else changed it since: the copy is not what it would be without us.
            try file.replace(with: now.text)
            try file.removeBackup()
        }
        try StandardOutput.write("\(name): taken out\n")
    }

    private var hosts: [String] { host.isEmpty ? Self.registries : host }
    private var helper: String {
        profile.map { "\(DockerConfiguration.ourHelper)-\($0)" } ?? DockerConfiguration.ourHelper
    }

    private func path() throws(CommandFailure) -> String {
        if let file { return file }
        if let folder = Environment.value("DOCKER_CONFIG") { return folder + "/config.json" }
        guard let home = Environment.value("HOME") else {
            throw CommandFailure(
                .usage,
                "HOME is not set, so nobody knows where the file is",
                hint: "name it with --file"
            )
        }
        return home + "/.docker/config.json"
    }

    /// Where a program is, as a shell finds it.
    private static func place(of program: String) -> String? {
        let folders = (Environment.value("PATH") ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { unsafe access($0, X_OK) == 0 }
    }

    private static func isFileName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 64
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}
