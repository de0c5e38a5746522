internal import DocumentReader
internal import IdentityCertificates
internal import KeyRotation
internal import SecretFiles

/// What plans have for themselves: two must not write one file, and must not rotate one key.
final class RotationClaims {
    private var owners: [String: String] = [:]

    init(sinks: [SinkSetting], certificates: [CertificateSetting]) {
        for sink in sinks { owners["the file \(sink.file.location.path)"] = "sinks.\(sink.name)" }
        for certificate in certificates {
            for path in certificate.files.paths { owners["the file \(path)"] = "certificates.\(certificate.name)" }
        }
    }

    /// Takes a file for a plan.
    func takeFile(_ path: String, for plan: PlanName, _ value: DocumentValue) throws(DocumentError) {
        try take("the file \(path)", for: plan, value)
    }

    /// Takes a secret of Secrets Manager, be it to rotate it or to publish to it.
    func takeSecret(_ id: String, for plan: PlanName, _ value: DocumentValue) throws(DocumentError) {
        try take("the secret \(id.lowercased())", for: plan, value)
    }

    /// Takes what a plan rotates, where there is room for one plan.
    func takeTarget(_ target: KeyTarget, for plan: PlanName, _ value: DocumentValue) throws(DocumentError) {
        switch target {
        case .secret(let secret): try takeSecret(secret.id, for: plan, value)
        case .rootKey(let key): try take("the root key \(key.id.lowercased())", for: plan, value)
        case .certificate(let name): try take("the certificate \(name)", for: plan, value)
        case .apiKey, .resourceKey: return
        }
    }

    /// Takes the key that the first rotation of a plan replaces.
    func takeKey(_ id: KeyID, for plan: PlanName, _ value: DocumentValue) throws(DocumentError) {
        try take("the key \(id)", for: plan, value)
    }

    private func take(_ thing: String, for plan: PlanName, _ value: DocumentValue) throws(DocumentError) {
        if let owner = owners[thing] { throw value.error("\(thing) is of \(owner) already; it can have one writer") }
        owners[thing] = "plan \(plan)"
    }
}
