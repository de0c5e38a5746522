internal import ArgumentParser
internal import AuditChain

/// `iam-broker audit verify`: whether the audit log is the one that was written.
struct AuditVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Find changed, removed, inserted or reordered lines of the audit log.",
        discussion: """
            A chain cannot show that lines were cut off its end, nor that its last line was changed. Keep the head that \
            this command prints, or one from the daemon's log, elsewhere, and give it with --expect-head.
            Exit codes: 0 nothing found; 1 the log is not the one that was written; 65 it cannot be read.
            """
    )

    @Argument(help: "Folders of the log, or files of it, the oldest first.")
    var paths: [String] = ["/var/lib/iam-broker/audit"]

    @Option(help: ArgumentHelp("A line that must be there.", valueName: "seq:hash"))
    var expectHead: ExpectedHead?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let files = try AuditFiles(paths)
        let result = try AuditVerification(of: files, expecting: expectHead?.head)
        try StandardOutput.write(json ? result.json : result.text)
        guard result.isValid else { throw ExitCode.rejected }
    }
}

/// `SEQ:HASH` on the command line.
struct ExpectedHead: ExpressibleByArgument {
    let head: ChainHead

    init?(argument: String) {
        guard let head = ChainHead(argument) else { return nil }
        self.head = head
    }
}
