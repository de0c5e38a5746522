import AccessPolicy
import BrokerServer
import DaemonConfiguration
import DocumentReader
import Foundation
import IBMCloud
import NIOCore
import TestFiles
import Testing
import TokenBroker

struct GoodConfigurationTests {
    @Test func theLeastConfigurationHasTheDefaults() throws {
        let configuration = try configuration()
        #expect(configuration.cloud.metadata.url.description == "http://169.254.169.254")
        #expect(configuration.cloud.metadata.requireNonce)
        #expect(configuration.cloud.metadata.deadlines == .linkLocal)
        #expect(configuration.cloud.iam.url.description == "https://iam.cloud.ibm.com")
        #expect(configuration.cloud.iam.keySetURL == nil)
        #expect(configuration.cloud.iam.deadlines == .network)
        #expect(configuration.cloud.metadata.trust == .systemRoots)
        #expect(configuration.cloud.iam.trust == .systemRoots)
        #expect(configuration.identity == .metadataService)
        #expect(configuration.issuer.issuer == "https://iam.cloud.ibm.com/identity")
        #expect(configuration.issuer.accountID == nil)
        #expect(configuration.policies == "/etc/iam-broker/policies")
        #expect(configuration.workload.path == "/run/iam-broker/workload.sock")
        #expect(configuration.workload.mode == 0o666)
        #expect(configuration.workload.group == nil)
        #expect(configuration.admin.path == "/run/iam-broker/admin.sock")
        #expect(configuration.admin.mode == 0o660)
        #expect(configuration.admin.group == nil)
        #expect(configuration.limits.connections == 1_024)
        #expect(configuration.limits.connectionsPerUser == 256)
        #expect(configuration.state == "/var/lib/iam-broker")
        #expect(configuration.threads == 1)
    }

    @Test(arguments: [
        ("metadata: { timeouts: { total: 1s } }", 1, 1), ("metadata: { timeouts: { total: 1m } }", 5, 60),
        ("metadata: { timeouts: { first_byte: 5s } }", 5, 5),
    ])
    func theFirstByteIsNeverWaitedForLongerThanTheWhole(line: String, firstByte: Int, total: Int) throws {
        let deadlines = try configuration(line).cloud.metadata.deadlines
        #expect(deadlines.firstByte == .seconds(firstByte))
        #expect(deadlines.total == .seconds(total))
    }

    @Test func everyKeyIsRead() throws {
        // The file is read at once: a missing one must be found before the daemon starts.
        let folder = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? TestFiles.discard(folder) }
        let file = folder.appending(path: "authorities.pem")
        try Self.certificate.write(to: file, atomically: true, encoding: .utf8)
        let authorities = file.path()
        let configuration = try read(
            """
            metadata:
              url: https://api.metadata.cloud.ibm.com
              ca_file: \(authorities)
              require_nonce: false
              timeouts: { connect: 500ms, first_byte: 3s, total: 1m }
            iam:
              url: https://private.iam.cloud.ibm.com
              issuer: https://iam.test.cloud.ibm.com/identity
              keys_url: https://iam.test.cloud.ibm.com/keys
              ca_file: \(authorities)
              timeouts: { total: 5m }
            identity: { token_file: /var/run/secrets/tokens/sa-token }
            account: \(accountID)
            \(profiles)
            policies: /srv/policies
            listen: { workload: /srv/w, admin: /srv/a, admin_group: iam-broker }
            limits: { connections: 65536, connections_per_user: 1, request: 1s, idle: 1h }
            state: /srv/state
            threads: 64
            """
        )
        #expect(configuration.cloud.metadata.url.description == "https://api.metadata.cloud.ibm.com")
        #expect(configuration.cloud.metadata.trust == .certificateAuthorityFile(authorities))
        #expect(!configuration.cloud.metadata.requireNonce)
        #expect(
            configuration.cloud.metadata.deadlines
                == HTTPDeadlines(connect: .milliseconds(500), firstByte: .seconds(3), total: .seconds(60))
        )
        #expect(configuration.cloud.iam.url.description == "https://private.iam.cloud.ibm.com")
        #expect(configuration.issuer.issuer == "https://iam.test.cloud.ibm.com/identity")
        #expect(configuration.cloud.iam.keySetURL?.description == "https://iam.test.cloud.ibm.com/keys")
        #expect(configuration.cloud.iam.trust == .certificateAuthorityFile(authorities))
        #expect(configuration.cloud.iam.deadlines.total == .seconds(300))
        #expect(configuration.cloud.iam.deadlines.connect == HTTPDeadlines.network.connect)
        #expect(configuration.identity == .tokenFile("/var/run/secrets/tokens/sa-token"))
        #expect(configuration.issuer.accountID == accountID)
        #expect(configuration.policies == "/srv/policies")
        #expect(configuration.workload.path == "/srv/w")
        #expect(configuration.admin.path == "/srv/a")
        #expect(configuration.admin.group == 991)
        #expect(configuration.limits.connections == 65_536)
        #expect(configuration.limits.connectionsPerUser == 1)
        #expect(configuration.limits.request == .seconds(1))
        #expect(configuration.limits.idle == .hours(1))
        #expect(configuration.state == "/srv/state")
        #expect(configuration.threads == 64)
    }

    @Test func aProfileIsNamedInFourWays() throws {
        let id = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
        let crn = "crn:v1:bluemix:public:iam-identity::a/\(accountID)::profile:\(id)"
        let configuration = try read(
            """
            account: \(accountID)
            \(policies)
            profiles:
              reports: { id: \(id), prefetch: true }
              backups: { crn: "\(crn)" }
              Archive.2-b_c: { name: the archive, prefetch: false }
              default: { instance_default: true }
            """
        )
        #expect(configuration.profiles.map(\.name.rawValue) == ["reports", "backups", "Archive.2-b_c", "default"])
        #expect(configuration.profiles.map(\.prefetch) == [true, false, false, false])
        #expect(
            try configuration.profiles.map(\.reference) == [
                .id(#require(ProfileID(id))), .crn(#require(ProfileCRN(crn))), .name("the archive"), .instanceDefault,
            ]
        )
    }

    @Test(arguments: [
        "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "http://api.metadata.cloud.ibm.com",
    ])
    func theMetadataServiceAndThisMachineMayBeCalledWithoutEncryption(url: String) throws {
        #expect(try configuration("metadata: { url: \"\(url)\" }").cloud.metadata.url.description == url)
    }

    /// A certificate authority that nobody has the key of.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBoDCCAUWgAwIBAgIUQUGg9x9Kw2PmNJJSh16t7B4y2lcwCgYIKoZIzj0EAwIw
        JDEiMCAGA1UEAwwZaWFtLWJyb2tlciB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjMy
        MDMyNDdaGA8yMTI2MTAzMDIwMzI0N1owJDEiMCAGA1UEAwwZaWFtLWJyb2tlciB0
        ZXN0IGF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDGk9QKnXqz4
        5OPDAjDg3CyZkgUGsWUBeliAPYo8dPZaxJcp8HsaoQNSd7MiWx607ccAmyfPQzvI
        0wtwjnmzURqjUzBRMB0GA1UdDgQWBBSZukKI2mPd/+HGKVZcbwLmaC4tmTAfBgNV
        HSMEGDAWgBSZukKI2mPd/+HGKVZcbwLmaC4tmTAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0kAMEYCIQDZjh1N8QXU4APDMB7XqVB3LBhbOXydQRIr9XUTgkoi
        FgIhAIAIVb6OaU7kFksnxjMx2EGkVcP5Viaj70BUUpd0lV5x
        -----END CERTIFICATE-----
        """
}
