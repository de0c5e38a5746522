internal import NIOSSL

/// Which certificate authorities the server's certificate may come from.
///
/// The chain and the host name are always checked.
package enum TLSTrust: Sendable, Hashable {
    /// Those of the operating system.
    case systemRoots
    /// Those in a PEM file, and no others.
    case certificateAuthorityFile(String)
}

extension TLSTrust {
    /// Makes sure that the certificates can be read.
    package func check() throws(ConfigurationError) {
        _ = try configuration()
    }

    func configuration() throws(ConfigurationError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .fullVerification
        configuration.minimumTLSVersion = .tlsv12
        if case .certificateAuthorityFile(let path) = self {
            configuration.trustRoots = .certificates(try Self.certificates(in: path))
        }
        return configuration
    }

    /// Reads the file now: a missing one is found at start, not at the first renewal.
    private static func certificates(in path: String) throws(ConfigurationError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw ConfigurationError("cannot read certificates from \(path); it must be a readable PEM file")
        }
        guard !certificates.isEmpty else { throw ConfigurationError("no certificate in \(path)") }
        return certificates
    }
}
