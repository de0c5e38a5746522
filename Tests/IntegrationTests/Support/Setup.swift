import Glibc

/// What is different about a daemon that a test starts.
struct Setup: Sendable {
    /// Of each call of the daemon to the cloud.
    var deadline = "10s"
    var certificateAuthority: String?
    /// Where the metadata service is, if not in the same place as IAM.
    var metadataService: String?
    /// The file of a Kubernetes service account's token.
    var tokenFile: String?
    /// Where IBM's paths are served over TCP; there is also a default profile then.
    var emulation: String?
    /// Where metrics are served over TCP.
    var metrics: String?
    /// Where the page is served over TCP.
    var page: String?
    /// The user ID that the daemon runs under, if it is not that of the tests.
    var user: String?
    /// A YAML mapping.
    var limits = "{ connections: 512, connections_per_user: 512 }"

    /// For clouds that stay silent.
    ///
    /// Waiting for them is what takes the time of these tests.
    static let hasty = Setup(deadline: "1s")

    /// The section of certificates: YAML in which `FOLDER/` stands for the folder of the test.
    var certificates: String?

    /// The section of sinks: YAML in which `FOLDER/` stands for the folder of the test.
    var sinks: String?

    /// Whether systemd may ask for credentials, at the socket `c`.
    var hasCredentials = false

    /// The section of attestation: YAML.
    var attestation: String?

    /// The words before the daemon's command, of programs that run it.
    var before: [String] = []

    /// Rotation plans by their names: YAML in which `FOLDER/` stands for the folder of the test, and `CLOUD` for the cloud's URL.
    var rotations: [String: String] = [:]

    /// The sections `log` and `tracing`: YAML in which `FOLDER/` stands for the folder of the test.
    var log: String?

    /// The section `etcd`: YAML.
    var etcd: String?

    /// Whether the token of `reports` is to be there from the start.
    var prefetch = false

    /// The grant document; without it this user may have `reports`, `backups` and `archive`.
    var policy: String?

    private func credentials(_ folder: ScratchFolder) -> String {
        hasCredentials ? ", credentials: \(folder.path("c"))" : ""
    }

    /// Writes configuration and policy into `folder`.
    ///
    /// - Returns: the path of the configuration file.
    func write(to folder: ScratchFolder, cloud url: String) throws -> String {
        let trust = certificateAuthority.map { ", ca_file: \($0)" } ?? ""
        let listen =
            (emulation.map { ", metadata: \"\($0)\"" } ?? "") + (metrics.map { ", metrics: \"\($0)\"" } ?? "")
            + (page.map { ", page: \"\($0)\"" } ?? "")
        func service(_ url: String) -> String {
            "url: \"\(url)\"\(trust), timeouts: { connect: \(deadline), first_byte: \(deadline), total: \(deadline) }"
        }
        let configuration = """
            metadata: { \(service(metadataService ?? url)) }
            iam: { \(service(url)), issuer: "https://iam.cloud.ibm.com/identity" }
            profiles:
              reports: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b\(prefetch ? ", prefetch: true" : "") }
              backups: { id: Profile-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273 }
              archive: { id: Profile-9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d }
              locked: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b }\(emulation == nil ? "" : "\n  default: { instance_default: true }")
            policies: \(folder.path("policies"))
            listen: { workload: \(folder.path("w")), admin: \(folder.path("a"))\(listen)\(credentials(folder)) }
            limits: \(limits)
            state: \(folder.path("state"))
            \(certificates.map { "certificates: " + $0.replacing("FOLDER/", with: folder.path("")) } ?? "")
            \(rotations.isEmpty ? "" : "rotation: \(folder.path("rotation"))\nresource_controller: { url: \"\(url)\" }")
            \(sinks.map { "sinks: " + $0.replacing("FOLDER/", with: folder.path("")) } ?? "")
            \(log.map { $0.replacing("FOLDER/", with: folder.path("")) } ?? "")
            \(etcd.map { "etcd: \($0)" } ?? "")
            \(attestation.map { "attestation: " + $0 } ?? "")
            \(tokenFile.map { "identity: { token_file: \($0) }" } ?? "")

            """
        // Nobody may have "locked".
        let standard = """
            version: 1
            grants:
              - name: tests
                profiles: [reports, backups, archive\(emulation == nil ? "" : ", default")]
                workloads: [ { uid: \(getuid()) } ]
                rate: unlimited

            """
        if !rotations.isEmpty { try folder.createFolder("rotation") }
        for (name, plan) in rotations {
            let text = plan.replacing("FOLDER/", with: folder.path("")).replacing("CLOUD", with: url)
            try folder.write("rotation/\(name).yaml", text)
        }
        try folder.createFolder("policies")
        try folder.write("policies/tests.yaml", policy ?? standard)
        try folder.write("config.yaml", configuration)
        return folder.path("config.yaml")
    }
}
