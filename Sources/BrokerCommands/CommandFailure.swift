internal import ArgumentParser

/// Why a command ends without having done its work.
struct CommandFailure: Error {
    /// What callers switch on.
    let exitCode: ExitCode
    /// What happened, and to what.
    let message: String
    /// What to do next.
    let hint: String?

    init(_ exitCode: ExitCode, _ message: String, hint: String? = nil) {
        self.exitCode = exitCode
        self.message = message
        self.hint = hint
    }
}
