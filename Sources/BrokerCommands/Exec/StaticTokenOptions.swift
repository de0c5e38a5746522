internal import ArgumentParser
internal import BrokerAPI
internal import Glibc
internal import JOSE
internal import SystemPrograms

/// A token in variables of the program.
struct StaticTokenOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A variable that gets the token. Can be repeated.", valueName: "name"))
    var env: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many seconds the program is expected to run: warns when the token ends before.",
            valueName: "s"
        )
    )
    var expect: Int?

    func validate() throws {
        if let name = env.first(where: { !VariableName.isOne($0) }) {
            throw ValidationError("--env \(TerminalText.quoting(name)) is no name that a variable may have")
        }
        if let expect, expect < 0 { throw ValidationError("--expect must not be negative") }
    }

    /// The variables that get the token.
    var names: [String] { env.isEmpty ? ["IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN"] : env }

    /// Says so when the token may end before the program does.
    func warn(of token: AccessToken) {
        guard let expect, token.expiresIn < expect else { return }
        StandardError.write(
            "warning: the token ends in \(TimeInWords.short(seconds: token.expiresIn)), and the program is expected to run for "
                + TimeInWords.short(seconds: expect)
        )
    }

    /// Puts the token into the environment of this process.
    func set(_ token: AccessToken) throws(CommandFailure) {
        for name in names {
            guard unsafe setenv(name, token.token.exposed, 1) == 0 else {
                throw CommandFailure(.internalFailure, "cannot set \(name): \(SystemError.text(errno))")
            }
        }
    }
}
