internal import Glibc
internal import SystemPrograms

/// A tool on this machine, which is asked what it makes of its own configuration.
struct ToolProgram: Sendable {
    let path: String
    private let environment: [String: String]

    /// The tool as the user's shell would find it; `nil` when there is none.
    ///
    /// It gets the variables that say where things are, those that `keeping` names, and nothing else of the environment.
    init?(_ name: String, keeping: [String] = []) {
        guard let path = Self.place(of: name) else { return nil }
        self.path = path
        var environment = ["LC_ALL": "C"]
        for name in ["PATH", "HOME", "XDG_CONFIG_HOME"] + keeping { environment[name] = Environment.value(name) }
        self.environment = environment
    }

    /// The tool, or why it cannot be gone on without it.
    static func required(_ name: String, keeping: [String] = []) throws(CommandFailure) -> ToolProgram {
        guard let program = ToolProgram(name, keeping: keeping) else {
            throw CommandFailure(
                .unavailable,
                "\(name) is nowhere in PATH, and nobody else reads its configuration as it does",
                hint: "install \(name), or add by hand what --print prints"
            )
        }
        return program
    }

    /// Runs it to its end, whatever that is.
    func run(
        _ arguments: [String],
        input: String = "",
        setting variables: [String: String] = [:]
    ) throws(CommandFailure) -> ProgramRun {
        do {
            return try ProgramRun(
                path,
                arguments,
                input: input,
                environment: environment.merging(variables) { $1 },
                // Some of them are written in Python, and take their time.
                limits: ProgramRun.Limits(output: 8 << 20, time: .seconds(60)),
                isCalledOff: { HeldSignals.isOneWaiting }
            )
        } catch {
            throw CommandFailure(.unavailable, "\(error)")
        }
    }

    /// Where a program is, as a shell finds it.
    static func place(of program: String) -> String? {
        let folders = (Environment.value("PATH") ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { isProgram($0) }
    }

    /// The place of a helper that the tool will call by its name alone.
    static func place(ofHelper name: String) throws(CommandFailure) -> String {
        if let place = place(of: name) { return place }
        throw CommandFailure(
            .rejected,
            "\(name) is nowhere in PATH, where the tool looks for it",
            hint: name == "iam-broker"
                ? "put iam-broker in a folder of PATH, such as /usr/local/bin"
                : "make it a link to iam-broker, such as: sudo ln -s iam-broker /usr/local/bin/\(name)"
        )
    }

    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return unsafe access(path, X_OK) == 0 && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

extension ProgramRun {
    /// The last thing it said before it failed, for a message.
    var complaint: String {
        let lines = errors.split(whereSeparator: \.isNewline).map { String($0) }
        return lines.last { $0.contains { $0 != " " } } ?? "it ended with \(end)"
    }
}
