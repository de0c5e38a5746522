internal import ArgumentParser
internal import NIOCore

/// Who is asked for metadata: the broker, or the metadata service itself.
struct MetadataServiceOptions: ParsableArguments {
    @OptionGroup var socket: WorkloadSocketOptions

    @Flag(help: "Ask the metadata service itself, without the broker.")
    var direct = false

    @Option(
        help: ArgumentHelp(
            """
            With --direct, where the service is. (default: $IAM_BROKER_METADATA_URL, or \
            \(MetadataServiceOptions.defaultURL))
            """,
            valueName: "url"
        )
    )
    var url: String?

    @Option(help: ArgumentHelp("With --direct, trust the certificates (PEM) in this file.", valueName: "file"))
    var caFile: String?

    static let defaultURL = "http://169.254.169.254"
    /// The service is on the instance's own link, so `http` to it leaves the machine for nobody else.
    private static let plainHosts: Set = ["169.254.169.254", "api.metadata.cloud.ibm.com"]

    /// The metadata service of an instance, where it is by default.
    static let service = ServiceURL(host: "169.254.169.254", port: 80, isTLS: false)

    func validate() throws {
        guard direct else {
            if url != nil || caFile != nil { throw ValidationError("--url and --ca-file need --direct") }
            return
        }
        guard socket.socket == nil else { throw ValidationError("--direct and --socket exclude each other") }
        _ = try serviceURL()
    }

    private func serviceURL() throws -> ServiceURL {
        let text = url ?? Environment.value("IAM_BROKER_METADATA_URL") ?? Self.defaultURL
        return try ServiceURL(text, plainHosts: Self.plainHosts)
    }

    /// Gets an identity token, with which documents can be read.
    func session() async throws -> MetadataSession {
        guard direct else {
            let client = socket.client
            return try await MetadataSession(with: .broker(socket: client.socket, deadline: client.deadline))
        }
        let url = try serviceURL()
        let tls = url.isTLS ? try TrustedCertificates(path: caFile).tlsContext() : nil
        let longest = TimeAmount.seconds(10)
        return try await MetadataSession(with: .direct(url, tls, deadline: min(socket.wait.deadline, longest)))
    }
}
