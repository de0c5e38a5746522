import FoundationEssentials
import IdentityCertificates
import X509

/// A chain as the metadata service answers it, with every part to be changed: the instance's certificate, the authority's.
struct TestChain {
    let root: TestAuthority
    let intermediate: TestAuthority
    let key: IdentityKey
    let subject: CertificateSubject
    /// The name in the answer: the service leaves attributes out, and names the instance.
    let name: DistinguishedName

    init() throws {
        root = try TestAuthority("Test Root")
        intermediate = try TestAuthority("Test Intermediate")
        key = try IdentityKey(generating: .p256)
        subject = try CertificateSubject("C=US,ST=Texas,L=Dallas,O=Example Org,OU=Platform")
        name = try DistinguishedName {
            CountryName("US")
            OrganizationName("Example Org")
            CommonName("0717_2c9f7d1e")
        }
    }

    func leaf(change: (inout TestAuthority.Content) throws -> Void = { _ in }) throws -> Certificate {
        var content = TestAuthority.Content(name)
        try change(&content)
        return try intermediate.sign(content, try key.certifiedKey(subject))
    }

    func check(
        _ certificates: [Certificate],
        now: Date = TestAuthority.now,
        roots: TrustRoots? = nil
    ) throws -> CheckedChain {
        try check(texts: try certificates.map { try $0.pem }, now: now, roots: roots)
    }

    func check(texts: [String], now: Date = TestAuthority.now, roots: TrustRoots? = nil) throws -> CheckedChain {
        try CheckedChain(certificates: texts, key: key, subject: subject, now: now, roots: roots)
    }

    /// The code of the refusal; `nil` when the chain is accepted.
    func refusal(
        _ certificates: [Certificate],
        now: Date = TestAuthority.now,
        roots: TrustRoots? = nil
    ) throws -> IdentityCertificates.CertificateError.Code? {
        try refusal(texts: try certificates.map { try $0.pem }, now: now, roots: roots)
    }

    func refusal(
        texts: [String],
        now: Date = TestAuthority.now,
        roots: TrustRoots? = nil
    ) throws -> IdentityCertificates.CertificateError.Code? {
        do {
            _ = try check(texts: texts, now: now, roots: roots)
            return nil
        } catch let error as IdentityCertificates.CertificateError {
            return error.code
        }
    }
}
