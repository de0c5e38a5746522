internal import JOSE
internal import SystemPrograms

/// Which version of the plugin's protocol a kubectl speaks.
struct KubectlVersions: Sendable, Equatable {
    /// kubectl's own.
    let client: String
    private let isV1: Bool

    /// Where no kubectl is there to be asked.
    static let newest = KubectlVersions()

    private init() { (client, isV1) = ("unknown", true) }

    /// `v1` came with kubectl 1.22, and wants to be told whether there is somebody to be asked.
    init(of kubectl: ToolProgram) throws(CommandFailure) {
        let run = try kubectl.run(["version", "--client", "-o", "json"])
        let document = try? JSONDocument(parsing: run.output, limits: JSONLimits(size: 1 << 20))
        let version = document?.root["clientVersion"]
        guard run.isSuccess, let major = version?["major"]?.string.flatMap(Int.init),
            let minor = version?["minor"]?.string.flatMap({ Int($0.prefix { $0.isASCII && $0.isNumber }) })
        else {
            throw CommandFailure(.unavailable, "\(kubectl.path) does not tell its version: \(run.complaint)")
        }
        client = "\(major).\(minor)"
        isV1 = (major, minor) >= (1, 22)
    }

    var api: String { "client.authentication.k8s.io/" + (isV1 ? "v1" : "v1beta1") }
    var needsMode: Bool { isV1 }
}
