internal import ArgumentParser

/// `iam-broker audit`: what is done with the audit log.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check the audit log.",
        subcommands: [AuditVerifyCommand.self]
    )

    func run() throws {
        throw ValidationError("name a command: verify")
    }
}
