internal import FoundationEssentials
internal import X509

/// Certificates that somebody chose to trust.
package struct TrustRoots: Sendable {
    let certificates: [Certificate]

    /// Bytes of the file at most.
    package static let largest = 1_024 * 1_024

    /// Reads one or more certificates in PEM.
    package init(pem: String) throws(CertificateError) {
        let documents = pem.utf8.count <= Self.largest ? CertificateDocument.split(pem) : nil
        let certificates = documents?.compactMap(CertificateDocument.certificate) ?? []
        guard !certificates.isEmpty, certificates.count == documents?.count else {
            throw CertificateError(.untrusted, "the roots are not certificates in PEM")
        }
        self.certificates = certificates
    }

    /// Whether one of them stands in the chain above its first certificate, or signed its last.
    func vouch(for chain: [Certificate], now: Date) -> Bool {
        if chain.dropFirst().contains(where: certificates.contains) { return true }
        guard let top = chain.last else { return false }
        return certificates.contains { root in
            root.isInForce(now) && root.isIssuer(of: top, below: chain.count - 1) && root != top
        }
    }
}
