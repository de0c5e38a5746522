internal import ArgumentParser
internal import JOSE

/// `iam-broker credential git`: the helper of git (gitcredentials(7), git-credential(1)).
struct GitCredentialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git",
        abstract: "For git: an IAM token as the password of the named hosts.",
        discussion: """
            In git's configuration: credential.https://HOST.helper = 'iam-broker --host HOST --profile NAME'. For other \
            hosts, and for http, it says nothing. store and erase change nothing.
            """
    )

    @Argument(help: "get; store and erase change nothing, and neither does any action of the future.")
    var action: String

    @Option(
        help: ArgumentHelp("A host that gets tokens, with its port if it has one. Can be repeated.", valueName: "host")
    )
    var host: [String] = []

    @Option(help: "The user name that goes with the token.")
    var username = "iam"

    @OptionGroup var options: HelperOptions

    func validate() throws {
        let isPlain = !username.isEmpty && username.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlain else { throw ValidationError("--username must be printable, without spaces") }
    }

    func run() async throws {
        let input = try InputFile(path: nil).readAll(limit: Self.inputLimit)
        guard action == "get", input.count <= Self.inputLimit, isForUs(input) else { return }
        do throws(CommandFailure) {
            let token = try await options.token()
            let lines = [
                "username=\(username)", "password=\(token.token.exposed)", "password_expiry_utc=\(token.expiresAt)",
            ]
            try Self.write(lines)
        } catch {
            // Or git would ask the person at the terminal for a password.
            try Self.write(["quit=1"])
            throw error
        }
    }

    /// Whether the question is about one of our hosts, over TLS, and for our user name.
    private func isForUs(_ input: [UInt8]) -> Bool {
        guard let text = String(validating: input, as: UTF8.self) else { return false }
        var attributes: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let separator = line.firstIndex(of: "=") else { return false }
            let name = line[..<separator]
            // Those with [] may come more than once, and say nothing that we need.
            guard
                attributes.updateValue(line[line.index(after: separator)...], forKey: name) == nil
                    || name.hasSuffix("[]")
            else { return false }
        }
        // Some letters outside of ASCII have one of ASCII as their lower case.
        guard attributes["protocol"] == "https", let asked = attributes["host"]?.lowercased(),
            attributes["host"]?.utf8.allSatisfy({ $0 < 0x80 }) == true
        else { return false }
        guard host.contains(where: { $0.lowercased() == asked }) else { return false }
        return attributes["username"].map { $0 == username } ?? true
    }

    private static func write(_ lines: [String]) throws(CommandFailure) {
        do {
            try StandardOutput.write(lines.map { $0 + "\n" }.joined())
        } catch {
            throw CommandFailure(.internalFailure, "\(error)")
        }
    }

    private static let inputLimit = 64 * 1_024
}
