import BrokerTesting
import FoundationEssentials
import JOSE
import Testing
import TokenBroker

/// Certificates are signed for the identity of the instance.
struct InstanceCertificatesTests {
    private static let request = CertificateRequest(signingRequest: "PEM", lifetime: 600)
    private static let issued = IssuedCertificate(
        chain: ["leaf", "issuer"],
        id: "4c5d6e7f",
        createdAt: "2026-09-01T10:00:00.000Z",
        expiresAt: "2026-09-01T10:10:00.000Z",
        lifetime: 600
    )

    private static func certificates(
        _ issuer: ScriptedCertificateIssuer,
        _ tokens: String...,
        time: ManualTime = ManualTime()
    ) -> InstanceCertificates {
        let identity = ScriptedIdentitySource()
        for token in tokens { identity.script.append(.success(World.identityToken(token))) }
        return InstanceCertificates(
            issuer: issuer,
            identity: IdentityTokens(source: identity, time: time),
            time: time
        )
    }

    @Test func eachRequestIsSentOnItsOwn() async throws {
        let issuer = ScriptedCertificateIssuer(always: Self.issued)
        let certificates = Self.certificates(issuer, "first")
        for _ in 1...2 { #expect(try await certificates.certificate(Self.request) == Self.issued) }
        #expect(issuer.calls.map(\.request) == [Self.request, Self.request])
        #expect(issuer.calls.map(\.identity.compact.exposed) == ["first", "first"])
    }

    @Test func aServiceThatAsksToBeLeftAloneIs() async throws {
        let time = ManualTime()
        let issuer = ScriptedCertificateIssuer(always: Self.issued)
        issuer.script.append(.failure(AcquisitionError(.rateLimited, "scripted", retryAfter: .seconds(30))))
        let certificates = Self.certificates(issuer, "first", time: time)
        for _ in 1...3 {
            await #expect(throws: AcquisitionError.self) { try await certificates.certificate(Self.request) }
        }
        #expect(issuer.calls.count == 1)
        time.advance(by: .seconds(30))
        #expect(try await certificates.certificate(Self.request) == Self.issued)
        #expect(issuer.calls.count == 2)
    }

    @Test(
        arguments: [
            ([AcquisitionError.Code.identityRejected], nil, ["first", "second"]),
            ([.identityRejected, .identityRejected], .identityRejected, ["first", "second"]),
            ([.requestRejected], .requestRejected, ["first"]), ([.timedOut], .timedOut, ["first"]),
        ] as [([AcquisitionError.Code], AcquisitionError.Code?, [String])]
    )
    func onlyATokenThatIsNotAcceptedIsWorthASecondCall(
        errors: [AcquisitionError.Code],
        outcome: AcquisitionError.Code?,
        tokens: [String]
    ) async throws {
        let issuer = ScriptedCertificateIssuer(always: Self.issued)
        for error in errors { issuer.script.append(.failure(AcquisitionError(error, "scripted"))) }
        let certificates = Self.certificates(issuer, "first", "second", "third")
        var code: AcquisitionError.Code?
        do {
            _ = try await certificates.certificate(Self.request)
        } catch {
            code = error.code
        }
        #expect(code == outcome)
        #expect(issuer.calls.map(\.identity.compact.exposed) == tokens)
    }
}
