internal import ArgumentParser
internal import JOSE

/// `iam-broker credential kubelet`: a credential provider of the kubelet (credentialprovider.kubelet.k8s.io).
struct KubeletCredentialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubelet",
        abstract: "For the kubelet: an IAM token for images of *.icr.io.",
        discussion: "Name it in a CredentialProviderConfig with args: [credential, kubelet]."
    )

    @OptionGroup var options: HelperOptions

    func run() async throws {
        let input = try InputFile(path: nil).readAll(limit: 1 << 20)
        let document = try? JSONDocument(parsing: input, limits: JSONLimits(size: 1 << 20))
        guard let root = document?.root, root["kind"]?.string == "CredentialProviderRequest",
            let image = root["image"]?.string, let version = root["apiVersion"]?.string
        else { throw CommandFailure(.badInput, "standard input is no CredentialProviderRequest") }
        guard ["v1", "v1beta1", "v1alpha1"].contains(where: { version == Self.group + $0 }) else {
            throw CommandFailure(
                .badInput,
                "the kubelet asks for \(TerminalText.quoting(version)), which is not known here"
            )
        }
        guard let host = RegistryHost(image), host.isIBMs else {
            try write(version, auth: "", seconds: 0)
            return
        }
        let token = try await options.token()
        let members = [
            #""username":\#(JSONText.string(RegistryHost.userName))"#,
            #""password":\#(JSONText.string(token.token.exposed))"#,
        ]
        // Half of what remains: a pull that begins at the end of it still has time.
        try write(
            version,
            auth: #"\#(JSONText.string(host.name)):{\#(members.joined(separator: ","))}"#,
            seconds: max(0, token.expiresIn / 2)
        )
    }

    private func write(_ version: String, auth: String, seconds: Int) throws(OutputError) {
        let members = [
            #""apiVersion":\#(JSONText.string(version))"#, #""kind":"CredentialProviderResponse""#,
            #""cacheKeyType":"Registry""#, #""cacheDuration":"\#(seconds)s""#, #""auth":{\#(auth)}"#,
        ]
        try StandardOutput.write("{\(members.joined(separator: ","))}\n")
    }

    private static let group = "credentialprovider.kubelet.k8s.io/"
}
