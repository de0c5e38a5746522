internal import ArgumentParser
internal import BrokerAPI
internal import JOSE

/// `iam-broker credential docker`: the helper of docker, podman, buildah and skopeo.
///
/// The protocol is that of docker-credential-helpers: an action as argument, a server on standard input, JSON or a sentence
/// on standard output, and exit code 1 when there are no credentials.
struct DockerCredentialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docker",
        abstract: "For docker, podman, buildah and skopeo: an IAM token for *.icr.io.",
        discussion: "Other registries have no credentials here, and the broker is not asked about them."
    )

    enum Action: String, ExpressibleByArgument, CaseIterable {
        case get
        case store
        case erase
        case list
        case version
    }

    @Argument(help: "get, list, version; store and erase change nothing.")
    var action: Action

    @OptionGroup var options: HelperOptions

    /// Docker takes this sentence, and no other, for "ask the next one".
    private static let notFound = "credentials not found in native keychain"

    func run() async throws {
        switch action {
        case .get: try await get()
        // Nothing is stored, so there is nothing to list.
        case .list: try StandardOutput.write("{}\n")
        case .version: try StandardOutput.write("docker-credential-iam-broker \(brokerVersion)\n")
        // Read to the end, or who writes gets an error.
        case .store, .erase: _ = try InputFile(path: nil).readAll(limit: Self.inputLimit)
        }
    }

    private func get() async throws {
        let input = try InputFile(path: nil).readAll(limit: Self.inputLimit)
        let server = String(decoding: input, as: UTF8.self).trimmingNewlines
        guard input.count <= Self.inputLimit, let host = RegistryHost(server), host.isIBMs else {
            try StandardOutput.write(Self.notFound + "\n")
            throw ExitCode.rejected
        }
        do throws(CommandFailure) {
            let token = try await options.token()
            let members = [
                #""ServerURL":\#(JSONText.string(server))"#,
                #""Username":\#(JSONText.string(RegistryHost.userName))"#,
                #""Secret":\#(JSONText.string(token.token.exposed))"#,
            ]
            try Self.write("{\(members.joined(separator: ","))}\n")
        } catch {
            // Docker shows what is on standard output; podman, what is on standard error.
            try Self.write(TokenMask.masking(TerminalText.escaping(error.message)) + "\n")
            throw error
        }
    }

    private static func write(_ text: String) throws(CommandFailure) {
        do {
            try StandardOutput.write(text)
        } catch {
            throw CommandFailure(.internalFailure, "\(error)")
        }
    }

    private static let inputLimit = 64 * 1_024
}

extension String {
    /// Without the line ends at the end.
    fileprivate var trimmingNewlines: String {
        String(reversed().drop { $0.isNewline }.reversed())
    }
}
