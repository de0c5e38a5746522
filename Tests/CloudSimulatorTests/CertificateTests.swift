import CloudSimulator
import Foundation
import JOSE
import SwiftASN1
import Testing
@_spi(FixedExpiryValidationTime) import X509

/// `POST …/certificates`.
@Suite struct CertificateTests {
    @Test(arguments: [
        ("/identity/v1/certificates?version=2025-08-26", "2026-09-01T10:00:00.000Z", "2026-09-01T11:00:00.000Z"),
        ("/identity/v1/certificates?version=2022-03-01", "2026-09-01T10:00:00.000Z", "2026-09-01T11:00:00.000Z"),
        ("/instance_identity/v1/certificates?version=2025-08-25", "2026-09-01T10:00:00Z", "2026-09-01T11:00:00Z"),
    ])
    func areIssuedByBothPathFamilies(target: String, created: String, expires: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askCertificate(target, csr: TestRequest.pem())
            #expect(response.status == 200)
            #expect(try response.members() == ["certificates", "created_at", "expires_at", "expires_in", "id"])
            #expect(try response.string("created_at") == created)
            #expect(try response.string("expires_at") == expires)
            #expect(try response.json()["expires_in"]?.integer == 3_600)
            #expect(UUID(uuidString: try response.string("id")) != nil)
            #expect(response.headers["x-request-id"] != nil)
        }
    }

    @Test func theChainEndsAtTheRootAndHasTheFormOfIBMsSample() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askCertificate(csr: TestRequest.sample, lifetime: 600)
            let chain = try response.chain()
            let leaf = try #require(chain.first)
            #expect(chain.count == 2)
            #expect(try await Self.isValid(chain, cloud, seconds: 0))
            #expect(try await Self.isValid(chain, cloud, seconds: 599))
            #expect(try await !Self.isValid(chain, cloud, seconds: 601))
            let name = try DistinguishedName {
                CountryName("US")
                OrganizationName("Example Org")
                CommonName(cloud.simulator.instance.id)
            }
            #expect(leaf.subject.description == name.description)
            #expect(leaf.extensions.isEmpty)
            #expect(leaf.publicKey == (try CertificateSigningRequest(pemEncoded: TestRequest.sample)).publicKey)
            #expect(leaf.notValidBefore == Date(timeIntervalSince1970: 1_788_256_800))
            #expect(leaf.notValidAfter == Date(timeIntervalSince1970: 1_788_257_400))
        }
    }

    @Test func theAuthorityStaysTheSameAndTheSerialNumbersDiffer() async throws {
        try await TestCloud.run { cloud in
            let first = try await cloud.askCertificate(csr: TestRequest.pem()).chain()
            let second = try await cloud.askCertificate(csr: TestRequest.pem()).chain()
            #expect(first.last == second.last)
            #expect(first.first?.serialNumber != second.first?.serialNumber)
            let shown = try await cloud.client.send("GET", "/simulator/root-certificate")
            #expect(try shown.string("certificate") == cloud.simulator.rootCertificate)
        }
    }

    @Test(arguments: [(299, 400), (300, 200), (3_600, 200), (3_601, 400)])
    func lifetimeEndsAtItsBoundaries(seconds: Int, status: Int) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askCertificate(csr: TestRequest.pem(), lifetime: seconds)
            #expect(response.status == status)
            guard status == 400 else { return }
            #expect(try response.vpcError()["target"]?["name"]?.string == "expires_in")
            #expect(try response.vpcError()["target"]?["value"]?.string == "\(seconds)")
        }
    }

    @Test(arguments: [
        ("C", 200, ""), ("ST L O OU", 200, ""), ("OU", 200, ""), ("", 400, "at least one"), ("CN", 400, "common name"),
        ("C O CN", 400, "common name"), ("C street", 400, "only have"),
    ])
    func theSubjectMayHaveFiveKindsOfAttributes(names: String, status: Int, message: String) async throws {
        let csr = try TestRequest.pem(names.split(separator: " ").map(String.init))
        try await TestCloud.run { cloud in
            let response = try await cloud.askCertificate(csr: csr)
            #expect(response.status == status)
            guard status == 400 else { return }
            let error = try response.vpcError()
            #expect(error["code"]?.string == "invalid_value")
            #expect(error["target"]?["name"]?.string == "csr")
            #expect(error["message"]?.string?.contains(message) == true)
        }
    }

    @Test func extensionsMustNotBeRequested() async throws {
        let extensions = try Certificate.Extensions { SubjectAlternativeNames([.dnsName("localhost")]) }
        let request = try CertificateSigningRequest.Attribute(ExtensionRequest(extensions: extensions))
        let csr = try TestRequest.pem(attributes: .init([request]))
        try await TestCloud.run { cloud in
            let response = try await cloud.askCertificate(csr: csr)
            #expect(response.status == 400)
            #expect(try response.vpcError()["message"]?.string == "extensions must not be requested")
        }
    }

    @Test func theSignatureOfTheRequestIsChecked() async throws {
        // The last byte of the signature, before the end of the PEM text.
        let document = try PEMDocument(pemString: TestRequest.pem())
        var bytes = document.derBytes
        bytes[bytes.count - 1] ^= 1
        let forged = PEMDocument(type: "CERTIFICATE REQUEST", derBytes: bytes).pemString
        try await TestCloud.run { cloud in
            let response = try await cloud.askCertificate(csr: forged)
            #expect(response.status == 400)
            #expect(try response.vpcError()["message"]?.string == "the signature does not match the public key")
        }
    }

    @Test(arguments: [
        ("", "missing_field", "csr"), ("{}", "missing_field", "csr"), (#"{"csr":1}"#, "invalid_value", "csr"),
        (#"{"csr":"text"}"#, "invalid_value", "csr"), (#"{"csr":"","expires":1}"#, "unknown_field", "expires"),
    ])
    func badBodiesAreRefused(body: String, code: String, member: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askCertificate(body: body)
            #expect(response.status == 400)
            #expect(try response.vpcError()["code"]?.string == code)
            #expect(try response.vpcError()["target"]?["name"]?.string == member)
        }
    }

    @Test(arguments: [
        ("GET", "/identity/v1/certificates?version=2025-08-26", true, 404, "not_found"),
        ("POST", "/identity/v1/certificates?version=2025-08-26", false, 401, "unauthenticated"),
        ("POST", "/identity/v1/certificates", true, 400, "missing_field"),
        ("POST", "/instance_identity/v1/certificates?version=2025-08-26", true, 404, "not_found"),
    ])
    func theRulesOfItsNeighboursHold(
        method: String,
        target: String,
        hasToken: Bool,
        status: Int,
        code: String
    ) async throws {
        try await TestCloud.run { cloud in
            let headers = hasToken ? ["Authorization": "Bearer \(try await cloud.identityToken())"] : [:]
            let response = try await cloud.client.send(method, target, headers: headers)
            #expect(response.status == status)
            #expect(try response.vpcError()["code"]?.string == code)
        }
    }

    @Test(arguments: CertificateFault.allCases)
    func aVerifierRefusesAWrongChain(fault: CertificateFault) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(certificate: [fault]), for: .certificates)
            let response = try await cloud.askCertificate(csr: TestRequest.pem())
            #expect(response.status == 200)
            let chain = try response.chain()
            let isForKey = chain.first?.publicKey == TestRequest.key.publicKey
            let isValid = try await Self.isValid(chain, cloud, seconds: 0)
            switch fault {
            case .otherKey: #expect(isValid && !isForKey)
            case .wrongOrder: #expect(chain.last?.publicKey == TestRequest.key.publicKey)
            case .wrongSignature: #expect(isForKey && !isValid)
            case .expired:
                #expect(isForKey && !isValid)
                #expect(try response.string("expires_at") == "2026-09-01T09:00:00.000Z")
            }
        }
    }

    /// Whether `chain` leads to the simulator's root, so many seconds after the start.
    private static func isValid(_ chain: [Certificate], _ cloud: TestCloud, seconds: Int) async throws -> Bool {
        let root = try Certificate(pemEncoded: cloud.simulator.rootCertificate)
        let time = TestCloud.start.addingTimeInterval(Double(seconds))
        var verifier = Verifier(rootCertificates: CertificateStore([root])) {
            RFC5280Policy(fixedExpiryValidationTime: time)
        }
        let leaf = try #require(chain.first)
        let rest = CertificateStore(chain.dropFirst())
        return switch await verifier.validate(leaf: leaf, intermediates: rest) {
        case .validCertificate: true
        case .couldNotValidate: false
        }
    }
}

extension TestCloud {
    fileprivate func askCertificate(
        _ target: String = "/identity/v1/certificates?version=2025-08-26",
        csr: String,
        lifetime: Int? = nil
    ) async throws -> RawResponse {
        let csr = csr.replacing("\n", with: #"\n"#)
        let expiry = lifetime.map { #","expires_in":\#($0)"# } ?? ""
        return try await askCertificate(target, body: #"{"csr":"\#(csr)"\#(expiry)}"#)
    }

    fileprivate func askCertificate(
        _ target: String = "/identity/v1/certificates?version=2025-08-26",
        body: String
    ) async throws -> RawResponse {
        let headers = ["Authorization": "Bearer \(try await identityToken())"]
        return try await client.send("POST", target, headers: headers, body: body)
    }
}

extension RawResponse {
    /// The certificates of the answer, in its order.
    fileprivate func chain() throws -> [Certificate] {
        try #require(json()["certificates"]?.array).map { try Certificate(pemEncoded: try #require($0.string)) }
    }
}
