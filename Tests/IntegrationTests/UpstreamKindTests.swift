import CloudSimulator
import Foundation
import Testing

/// The other ways to reach a cloud: encrypted, and from Kubernetes.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct UpstreamKindTests {
    @Test
    func anEncryptedCloudIsTrustedThroughItsAuthority() async throws {
        let certificates = try Certificates()
        try await World.run(Setup(certificateAuthority: certificates.authority), tls: certificates.server) { world in
            try world.expectToken(try await world.ask())
        }
    }

    @Test
    func anEncryptedCloudOfAnotherAuthorityGetsNoIdentityToken() async throws {
        let certificates = try Certificates()
        try await World.run(Setup(certificateAuthority: certificates.otherAuthority), tls: certificates.server) {
            world in
            try world.expectUnavailable(try await world.ask(), saying: "the TLS handshake failed")
            #expect(world.cloud.requestCount(of: .identityToken) == 0)
        }
    }

    @Test
    func aPodGetsTokensForItsServiceAccountToken() async throws {
        let folder = try ScratchFolder()
        try folder.write("token", "simulator-service-account-token\n")
        try await World.run(Setup(tokenFile: folder.path("token"))) { world in
            try world.expectToken(try await world.ask())
            #expect(world.cloud.requestCount(of: .iam) == 1)
            #expect(world.cloud.requestCount(of: .identityToken) == 0)
        }
    }

    @Test
    func aPodsTokenFileMayAppearLater() async throws {
        let folder = try ScratchFolder()
        let file = folder.path("token")
        try await World.run(Setup(tokenFile: file)) { world in
            try world.expectUnavailable(try await world.ask(), saying: "cannot use the token file \(file)")
            try folder.write("token", "simulator-service-account-token")
            try await world.expectRecovery()
        }
    }

    @Test(arguments: [Fault.status(500), Fault(token: [.otherProfile]), Fault(omitting: ["expiration"])])
    func aPodIsToldOfFaultsToo(_ fault: Fault) async throws {
        let folder = try ScratchFolder()
        try folder.write("token", "simulator-service-account-token\n")
        try await World.run(Setup(tokenFile: folder.path("token"))) { world in
            world.cloud.set(fault, for: .iam)
            try world.expectUnavailable(try await world.ask(), saying: "profile reports")
            world.cloud.clearFaults()
            try await world.expectRecovery()
        }
    }
}
