internal import ArgumentParser
internal import JOSE

/// `iam-broker credential kubectl`: a client-go credential plugin.
struct KubectlCredentialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubectl",
        abstract: "For kubectl and everything that reads a kubeconfig: an IAM token as ExecCredential."
    )

    @OptionGroup var options: HelperOptions

    func run() async throws {
        let version = try apiVersion()
        let token = try await options.token()
        guard let expiry = UTCTime.text(secondsSince1970: token.expiresAt) else {
            throw CommandFailure(.unavailable, "the broker's answer has a time that is none")
        }
        let status = #"{"expirationTimestamp":"\#(expiry)","token":\#(JSONText.string(token.token.exposed))}"#
        try StandardOutput.write(#"{"apiVersion":"\#(version)","kind":"ExecCredential","status":\#(status)}"# + "\n")
    }

    /// The version that kubectl wants to be answered in: it says so in the environment.
    private func apiVersion() throws(CommandFailure) -> String {
        guard let text = Environment.value("KUBERNETES_EXEC_INFO") else { return Self.group + "v1" }
        let document = try? JSONDocument(parsing: Array(text.utf8), limits: JSONLimits(size: 1 << 20))
        guard let version = document?.root["apiVersion"]?.string else {
            throw CommandFailure(.badInput, "KUBERNETES_EXEC_INFO is no ExecCredential")
        }
        guard ["v1", "v1beta1"].contains(where: { version == Self.group + $0 }) else {
            throw CommandFailure(
                .badInput,
                "kubectl asks for \(TerminalText.quoting(version)), which is not known here",
                hint: "set apiVersion: \(Self.group)v1 in the kubeconfig's exec section"
            )
        }
        return version
    }

    private static let group = "client.authentication.k8s.io/"
}
