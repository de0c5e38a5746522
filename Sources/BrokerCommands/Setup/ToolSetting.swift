internal import ArgumentParser
internal import Glibc

/// What `setup` puts into one file of a tool, and how it is found there again.
///
/// Each function takes the bytes of the file, `nil` for none, and throws when they are not what the tool would read.
struct ToolSetting {
    /// How much of it there is.
    enum Presence {
        case complete
        /// What is not there.
        case missing(String)
        /// What somebody else has put in the place.
        case taken(String)
    }

    /// How much of what is ours is taken out.
    struct Removal {
        /// The file from before: what it has of ours already, a person has put there.
        let before: [UInt8]?
        /// Whether the options that name a thing have no say.
        var isOfEverything = false
    }

    /// What is added, as it would stand in a file of its own.
    let text: String
    /// The permissions of a file that is made.
    var newFileMode: mode_t = 0o600

    let presence: ([UInt8]?) throws(CommandFailure) -> Presence
    /// The file with what is missing.
    let adding: ([UInt8]?) throws(CommandFailure) -> [UInt8]
    /// The file without what is ours, or `nil` when nothing is.
    let removing: ([UInt8], Removal) throws(CommandFailure) -> [UInt8]?
    /// What has to be the same in two files for one to be the other without what adding and removing leave behind; empty when
    /// nothing is in it.
    let substance: ([UInt8]) throws(CommandFailure) -> [UInt8]
    /// What has to be on this machine before anything is added.
    let prepare: () throws(CommandFailure) -> Void
    /// Asks the tool itself; what it says, or why it is not as it should be.
    let ask: () throws(CommandFailure) -> String
}

extension ToolSetting {
    /// Does what the user asked for with the file at `path`, and says what was done.
    func carryOut(_ mode: SetupMode?, in file: ToolFile) throws {
        let signals = HeldSignals()
        switch mode {
        case .print: try StandardOutput.write(text)
        case .undo: try undo(file)
        case .check: try check(file)
        case nil: try add(to: file)
        }
        signals.release()
    }

    private func add(to file: ToolFile) throws {
        let bytes = try file.content()
        let missing = try missing(bytes, file)
        try prepare()
        if missing != nil { try file.replace(bytes, with: try adding(bytes), mode: newFileMode, copy: .make) }
        let answer: String
        do throws(CommandFailure) {
            answer = try ask()
        } catch {
            guard missing != nil else { throw error }
            throw CommandFailure(error.exitCode, "\(file.path) is written, but \(error.message)", hint: error.hint)
        }
        let copy = try file.content(ofBackup: true) == nil ? "" : "; as it was before: \(file.backup)"
        try say((missing.map { "added \($0); \(answer)" } ?? "in place; \(answer)") + copy, file)
    }

    private func check(_ file: ToolFile) throws {
        if let missing = try missing(try file.content(), file) {
            throw CommandFailure(
                .rejected,
                "\(file.path) lacks \(missing)",
                hint: "the same without --check adds it"
            )
        }
        try prepare()
        try say("in place; \(try ask())", file)
    }

    /// What is not there yet, when the place is free.
    private func missing(_ bytes: [UInt8]?, _ file: ToolFile) throws(CommandFailure) -> String? {
        switch try presence(bytes) {
        case .complete: return nil
        case .missing(let what): return what
        case .taken(let what):
            throw CommandFailure(
                .rejected,
                "\(file.path): something else is in the place: \(what)",
                hint: "take that out first, or choose another place with the options"
            )
        }
    }

    private func undo(_ file: ToolFile) throws {
        let before = try file.content(ofBackup: true)
        guard let now = try file.content(), let rest = try removing(now, Removal(before: before)) else {
            if before != nil, try before == file.content() { try file.removeBackup() }
            return try say("nothing of iam-broker is in it", file)
        }
        if let before, try substance(before) == substance(rest) {
            try file.restore(now)
        } else if before == nil, try substance(rest).isEmpty {
            try file.remove(now)
        } else {
            // Somebody else changed it since, or more of ours is in it: the copy is not what it would be without us.
            let isLast = try removing(rest, Removal(before: before, isOfEverything: true)) == nil
            try file.replace(now, with: rest, mode: newFileMode, copy: isLast ? .remove : .leave)
        }
        try say("taken out", file)
    }

    private func say(_ what: String, _ file: ToolFile) throws(OutputError) {
        try StandardOutput.write("\(TerminalText.escaping("\(file.path): \(what)"))\n")
    }
}
