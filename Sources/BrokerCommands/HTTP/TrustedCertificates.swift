internal import ArgumentParser
internal import NIOSSL

/// Who may vouch for a server: the system's certificate authorities, or those of a file.
struct TrustedCertificates {
    /// Certificates (PEM) to trust in place of the system's.
    var path: String?

    /// TLS 1.2 or later, with the certificate verified fully.
    func tlsContext() throws(CommandFailure) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .fullVerification
        configuration.minimumTLSVersion = .tlsv12
        if let path { configuration.trustRoots = .certificates(try certificates(path)) }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw CommandFailure(.internalFailure, "cannot prepare TLS: \(error)")
        }
    }

    private func certificates(_ path: String) throws(CommandFailure) -> [NIOSSLCertificate] {
        let maximumSize = 4 * 1_024 * 1_024  // the system's own bundle is about 200 KiB
        let pem = try InputFile(path: path).readAll(limit: maximumSize)
        let certificates = pem.count <= maximumSize ? try? NIOSSLCertificate.fromPEMBytes(pem) : nil
        guard let certificates, !certificates.isEmpty else {
            throw CommandFailure(.badInput, "\(path) holds no certificates in PEM form")
        }
        return certificates
    }
}
