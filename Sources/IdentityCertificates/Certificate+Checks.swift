internal import FoundationEssentials
internal import X509

extension Certificate {
    /// How far the clock of who signs may be ahead of ours.
    private static let skew: TimeInterval = 60

    /// Whether the certificate is valid at `now`.
    func isInForce(_ now: Date) -> Bool {
        notValidBefore <= now.addingTimeInterval(Self.skew) && notValidAfter > now
    }

    /// Whether this signed `other`, and may have.
    ///
    /// `below` is how many certificates lie between this one and the first of the chain. An authority may say nothing of
    /// what it may do: then it is not held against it.
    func isIssuer(of other: Certificate, below: Int) -> Bool {
        guard other.issuer == subject, other.signatureAlgorithm != .sha1WithRSAEncryption,
            publicKey.isValidSignature(other.signature, for: other)
        else { return false }
        return maySign(below: below)
    }

    private func maySign(below: Int) -> Bool {
        do {
            switch try extensions.basicConstraints {
            case .notCertificateAuthority: return false
            case .isCertificateAuthority(let longest?) where below > longest: return false
            case .isCertificateAuthority, nil: break
            }
            return try extensions.keyUsage?.keyCertSign ?? true
        } catch {
            return false
        }
    }

    /// Whether this may be used to sign, and not to certify.
    var isForSigning: Bool {
        do {
            if case .isCertificateAuthority = try extensions.basicConstraints { return false }
            return try extensions.keyUsage?.digitalSignature ?? true
        } catch {
            return false
        }
    }
}
