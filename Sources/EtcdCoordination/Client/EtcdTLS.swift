internal import NIOSSL

extension EtcdConfiguration {
    /// Reads the files now: a missing one is found at the start, not at the first call.
    func tls() throws(EtcdError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .fullVerification
        tls.minimumTLSVersion = .tlsv12
        if case .certificateAuthorityFile(let path) = trust {
            tls.trustRoots = .certificates(try Self.certificates(in: path))
        }
        if let certificate {
            tls.certificateChain = try Self.certificates(in: certificate.chainFile).map { .certificate($0) }
            do {
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: certificate.keyFile, format: .pem))
            } catch {
                throw EtcdError(
                    .misconfigured,
                    "cannot read a private key from \(certificate.keyFile); it must be a readable PEM file without a password"
                )
            }
        }
        return tls
    }

    private static func certificates(in path: String) throws(EtcdError) -> [NIOSSLCertificate] {
        let certificates = (try? NIOSSLCertificate.fromPEMFile(path)) ?? []
        guard !certificates.isEmpty else {
            throw EtcdError(.misconfigured, "cannot read certificates from \(path); it must be a readable PEM file")
        }
        return certificates
    }
}
