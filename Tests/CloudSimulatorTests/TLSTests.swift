import CloudSimulator
import Foundation
import JOSE
import Logging
import NIOSSL
import Testing

@Suite struct TLSTests {
    @Test func theSameIsServedOverTLS() async throws {
        let tls = try Self.files().configuration()
        let simulator = CloudSimulator(keys: try TestKeys.keys(), now: { TestCloud.start })
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await simulator.withRunning(tls: tls, logger: logger) { address in
            #expect(address.url == "https://127.0.0.1:\(address.port)")
            var configuration = TLSConfiguration.makeClientConfiguration()
            let roots = try NIOSSLCertificate.fromPEMBytes(Array(Self.certificate.utf8))
            configuration.trustRoots = .certificates(roots)
            let client = RawClient(port: address.port, tls: try NIOSSLContext(configuration: configuration))
            let keys = try await client.send("GET", "/identity/keys")
            #expect(keys.status == 200)
            #expect(try KeySet(parsing: keys.body).count == 1)
            let discovery = try await client.send("GET", "/identity/.well-known/openid-configuration")
            #expect(try discovery.string("jwks_uri") == "\(address.url)/identity/keys")
            simulator.set(Fault(delivery: .drop), for: .keys)
            let dropped = try await client.send("GET", "/identity/keys")
            #expect(dropped.bytes.isEmpty)
            simulator.set(Fault(delivery: .truncate(5)), for: .keys)
            let truncated = try await client.send("GET", "/identity/keys")
            #expect(truncated.body == Array(keys.body.prefix(5)))
        }
    }

    @Test func filesThatAreMissingAreAnError() {
        #expect(throws: (any Error).self) {
            try TLSFiles(certificate: "/nowhere/cert.pem", key: "/nowhere/key.pem").configuration()
        }
    }

    /// Writes certificate and key where only this test looks.
    private static func files() throws -> TLSFiles {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let paths = (folder.appending(path: "cert.pem"), folder.appending(path: "key.pem"))
        try Data(certificate.utf8).write(to: paths.0)
        try Data(key.utf8).write(to: paths.1)
        return TLSFiles(certificate: paths.0.path(), key: paths.1.path())
    }

    // Made for this test alone, and good until 2126.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBnDCCAUGgAwIBAgIUTPsRAy47o1HSRZhbqDDWySg0D0owCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE5MzEyMloYDzIxMjYxMDMw
        MTkzMTIyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAARDAQtBba2wcHgMhcgxrmXPzNmQ1lmgOH8sBIWHe2KLQv3f8vdZ7gH+
        +PPMBB4bcn4ksT8sUWLFgfROTrGOMjtwo28wbTAdBgNVHQ4EFgQU9mNPMIIfYMPE
        9D4krYQAU4sr6EYwHwYDVR0jBBgwFoAU9mNPMIIfYMPE9D4krYQAU4sr6EYwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
        zj0EAwIDSQAwRgIhALN+uxLSzxqAR+hg/GiD7K0k5dM4evs0DO3LXSxmQWKiAiEA
        rEmw7ug9IgLlBfjYQfB2SW31T+XaoSNXSY/2uSOR1FQ=
        -----END CERTIFICATE-----
        """
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg77ZKhcWNPcr4deTR
        GiNCvPkbqC2g/jnMj1CmYOB/vFqhRANCAARDAQtBba2wcHgMhcgxrmXPzNmQ1lmg
        OH8sBIWHe2KLQv3f8vdZ7gH++PPMBB4bcn4ksT8sUWLFgfROTrGOMjtw
        -----END PRIVATE KEY-----
        """
}
