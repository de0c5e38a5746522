import DaemonConfiguration
import DocumentReader
import EtcdCoordination
import KeyRotation
import Testing

/// The section `etcd`.
struct FleetSettingTests {
    private static let least = #"endpoints: ["http://127.0.0.1:2379"], key: /k"#

    @Test func withoutItThereIsNoFleet() throws {
        #expect(try configuration("").fleet == nil)
    }

    @Test func isReadWithItsDefaults() throws {
        let fleet = try #require(try configuration("etcd: { \(Self.least) }").fleet)
        #expect(fleet.cluster.endpoints.map(\.description) == ["http://127.0.0.1:2379"])
        #expect(fleet.cluster.prefix == "/iam-broker/default/")
        #expect(fleet.cluster.trust == .systemRoots)
        #expect(fleet.cluster.certificate == nil)
        #expect(fleet.name == "default")
        #expect(fleet.node == nil)
        #expect(fleet.keyFile == "/k")
        #expect(fleet.user == nil)
        #expect(fleet.leaseSeconds == 90)
    }

    @Test func everyKeyCounts() throws {
        let fleet = try #require(
            try configuration(
                "etcd: { endpoints: [https://a:1, https://b:2], fleet: prod.eu, node: web-1, key: /k, ca: /ca, certificate: /c, "
                    + "certificate_key: /ck, user: u, password: /p, lease: 10s }"
            )
            .fleet
        )
        #expect(fleet.cluster.endpoints.map(\.description) == ["https://a:1", "https://b:2"])
        #expect(fleet.cluster.prefix == "/iam-broker/prod.eu/")
        #expect(fleet.cluster.trust == .certificateAuthorityFile("/ca"))
        #expect(fleet.cluster.certificate == .init(chainFile: "/c", keyFile: "/ck"))
        #expect(fleet.node?.rawValue == "web-1")
        #expect(fleet.user?.name == "u" && fleet.user?.passwordFile == "/p")
        #expect(fleet.leaseSeconds == 10)
    }

    @Test(arguments: [
        ("{}", "etcd: key 'endpoints' is missing"),
        ("{ endpoints: [https://a:1] }", "etcd: key 'key' is missing"),
        ("{ endpoints: [], key: /k }", "etcd.endpoints: must have 1 to 16 endpoints"),
        (
            "{ endpoints: [http://a:1], key: /k }",
            "etcd.endpoints[0]: must begin with https:// unless it is this machine"
        ),
        (
            "{ endpoints: [https://a], key: /k }",
            "etcd.endpoints[0]: must be a scheme, a host and a port, such as https://etcd-1.example:2379"
        ),
        ("{ endpoints: [https://a:1, https://a:1], key: /k }", "etcd.endpoints[1]: is here twice"),
        (
            "{ \(least), fleet: Prod }",
            "etcd.fleet: must be 1 to 63 lower-case letters, digits, '-' and '.', a letter or a digit first"
        ),
        (
            "{ \(least), node: -a }",
            "etcd.node: must be 1 to 63 lower-case letters, digits, '-' and '.', a letter or a digit first"
        ),
        ("{ \(least), certificate: /c }", "etcd.certificate: needs certificate_key beside it"),
        ("{ \(least), certificate_key: /c }", "etcd.certificate_key: needs certificate beside it"),
        ("{ \(least), user: u }", "etcd.user: needs password beside it: the path of a file that has it"),
        ("{ \(least), password: /p }", "etcd.password: needs user beside it"),
    ])
    func mistakesAreToldWithTheirKeys(section: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try configuration("etcd: \(section)") }
        #expect(error?.description == "config.yaml:3: \(message)")
    }

    @Test(arguments: ["9s", "601s", "11m", "10.5s", "1"])
    func aLeaseHasBounds(lease: String) {
        let error = #expect(throws: DocumentError.self) {
            try configuration("etcd: { \(Self.least), lease: \(lease) }")
        }
        #expect(error?.key == "etcd.lease")
    }
}
