package import IdentityCertificates

/// An identity certificate that the daemon keeps renewed in files.
package struct CertificateSetting: Sendable {
    /// What status, log and audit call it.
    package let name: String
    package let subject: CertificateSubject
    package let keyType: KeyType
    /// Seconds that it shall be valid: 300…3600.
    package let lifetime: Int
    package let files: CertificateFiles
    /// Who must vouch for the chain; `nil`: nobody need.
    package let roots: TrustRoots?
    /// The program, by its absolute path, and its arguments, that makes whoever uses the files read them again.
    package let reload: [String]?
}
