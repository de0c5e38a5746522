internal import SystemPrograms

/// A script that calls a tool with what the tool has no configuration for.
struct WrapperSetting {
    let file: ToolFile
    /// The script for a profile.
    let script: (String) -> String
    let profile: String
    /// What else to ask, when the script is in its place.
    let askTool: () throws(CommandFailure) -> String

    var setting: ToolSetting {
        let text = script(profile)
        return ToolSetting(
            text: text,
            newFileMode: 0o755,
            presence: { bytes throws(CommandFailure) in
                guard let bytes else { return .missing("the script") }
                guard bytes != Array(text.utf8) else { return .complete }
                return .taken(ownProfile(bytes).map { "a script for the profile \($0)" } ?? "another file")
            },
            adding: { _ in Array(text.utf8) },
            removing: { bytes, _ throws(CommandFailure) in
                if ownProfile(bytes) != nil { return [] }
                guard isMarked(bytes) else { return nil }
                throw CommandFailure(
                    .rejected,
                    "\(file.path) was changed since it was made, and is left alone",
                    hint: "remove it by hand"
                )
            },
            substance: { $0 },
            prepare: { () throws(CommandFailure) in _ = try ToolProgram.place(ofHelper: "iam-broker") },
            ask: ask
        )
    }

    /// The line of a script that has the profile.
    static func line(_ profile: String) -> String { "profile='\(profile)'" }

    /// The profile of a script that is ours to the last byte.
    private func ownProfile(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        let (before, after) = (Self.line("").dropLast(), "'")
        let line = text.split(separator: "\n").first { $0.hasPrefix(before) && $0.hasSuffix(after) }
        guard let name = line.map({ String($0.dropFirst(before.count).dropLast(after.count)) }),
            SetupName.isProfile(name), text == script(name)
        else { return nil }
        return name
    }

    /// Whether the file begins as our scripts do.
    private func isMarked(_ bytes: [UInt8]) -> Bool {
        let beginning = script(profile).split(separator: "\n").prefix(2).joined(separator: "\n")
        return bytes.starts(with: beginning.utf8)
    }

    private func ask() throws(CommandFailure) -> String {
        let shell = try ToolProgram.required("sh")
        let run = try shell.run(["-n", file.path])
        guard run.isSuccess else {
            throw CommandFailure(.rejected, "the shell cannot read \(file.path): \(run.complaint)")
        }
        let name = file.path.split(separator: "/").last.map { String($0) } ?? file.path
        let isFound = ToolProgram.place(of: name).map { (try? ToolFile($0).path) == file.path } == true
        return try askTool() + (isFound ? "" : "; its folder is not in PATH")
    }
}
