internal import ArgumentParser

/// The exit codes of every command, named once. They follow `sysexits.h`.
extension ExitCode {
    /// The answer is no: a token was rejected.
    static let rejected = ExitCode(1)
    /// The command line is wrong.
    static let usage = ExitCode(64)
    /// What was given as input cannot be used.
    static let badInput = ExitCode(65)
    /// The daemon, or something behind it, cannot be reached or cannot answer now: trying again may help.
    static let unavailable = ExitCode(69)
    /// The command itself failed.
    static let internalFailure = ExitCode(70)
    /// Policy refused the request: trying again will not help.
    static let refused = ExitCode(77)
    /// The configuration is wrong.
    static let badConfiguration = ExitCode(78)
}
