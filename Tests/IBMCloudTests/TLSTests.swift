import Foundation
import IBMCloud
import NIOSSL
import Testing
import TokenBroker

@Suite struct TLSTests {
    @Test func aServerOfTheConfiguredAuthorityIsTrusted() async throws {
        try await CertificateFolder.run { folder in
            try await Self.withServer(folder) { port in
                let trust = TLSTrust.certificateAuthorityFile(folder.path("ca.pem"))
                let configuration = try World.configuration(port: port, scheme: "https", trust: trust)
                try await World.withClient(configuration) { client in
                    let token = try await client.vpcIdentity.identityToken()
                    #expect(token.expiresAt == World.now + 300)
                }
            }
        }
    }

    @Test(arguments: ["other-ca.pem", nil])
    func aServerOfAnotherAuthorityIsRefused(file: String?) async throws {
        try await CertificateFolder.run { folder in
            try await Self.withServer(folder) { port in
                let trust = file.map { TLSTrust.certificateAuthorityFile(folder.path($0)) } ?? .systemRoots
                try await Self.expectUntrusted(port: port, trust)
            }
        }
    }

    @Test func aCertificateForAnotherAddressIsRefused() async throws {
        try await CertificateFolder.run(address: "IP:127.0.0.2") { folder in
            try await Self.withServer(folder) { port in
                try await Self.expectUntrusted(port: port, .certificateAuthorityFile(folder.path("ca.pem")))
            }
        }
    }

    @Test(arguments: ["missing.pem", "empty.pem", "server-key.pem"])
    func aFileWithoutCertificatesIsFoundAtStart(file: String) async throws {
        try await CertificateFolder.run { folder in
            let trust = TLSTrust.certificateAuthorityFile(folder.path(file))
            let configuration = try World.configuration(port: 1, scheme: "https", trust: trust)
            let error = try #require(throws: ConfigurationError.self) {
                try IBMCloudClient(configuration: configuration, now: { World.now })
            }
            #expect(error.description.contains(file))
        }
    }

    @Test(arguments: ["http://iam.cloud.ibm.com", "http://10.0.0.1:8080"])
    func iamIsNotCalledInTheClear(url: String) throws {
        var configuration = try World.configuration(port: 1)
        configuration.iam.url = try #require(ServiceURL(url))
        #expect(throws: ConfigurationError.self) {
            try IBMCloudClient(configuration: configuration, now: { World.now })
        }
    }

    private static func expectUntrusted(port: Int, _ trust: TLSTrust) async throws {
        let configuration = try World.configuration(port: port, scheme: "https", trust: trust)
        try await World.withClient(configuration) { client in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .unreachable)
            #expect(error.message.contains("the TLS handshake failed"))
            #expect(error.message.contains("api.metadata.cloud.ibm.com"))
        }
    }

    private static func withServer(_ folder: CertificateFolder, _ body: (Int) async throws -> Void) async throws {
        let certificates = try NIOSSLCertificate.fromPEMFile(folder.path("server.pem"))
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: folder.path("server-key.pem"), format: .pem))
        )
        try await ScriptedServer.run([Answers.identityToken()], tls: tls) { try await body($0.port) }
    }
}
