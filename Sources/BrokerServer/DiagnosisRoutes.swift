internal import AccessPolicy
internal import BrokerAPI
package import TokenBroker

/// What the daemon finds when an operator asks what is wrong.
package struct DiagnosisRoutes: Sendable {
    private let diagnosis: InstanceDiagnosis
    private let userID: UInt32
    private let metadataPort: Int?

    /// - Parameters:
    ///   - diagnosis: what looks at IBM's side.
    ///   - userID: the user that the daemon runs as.
    ///   - metadataPort: the configured port of the loopback listener; `nil` without one.
    package init(_ diagnosis: InstanceDiagnosis, userID: UInt32, metadataPort: Int?) {
        (self.diagnosis, self.userID, self.metadataPort) = (diagnosis, userID, metadataPort)
    }

    func diagnose(
        _ policy: PolicyInForce,
        _ audit: StatusResponse.Audit?,
        _ certificates: [StatusResponse.Certificate]
    ) async -> Response {
        let findings =
            await diagnosis.findings() + certificates.map(Self.finding) + [Self.finding(policy)]
            + (audit.map { [Self.finding($0)] } ?? [])
        return Response(
            DiagnosisResponse(
                version: brokerVersion,
                uid: userID,
                metadataPort: metadataPort,
                findings: findings.map {
                    DiagnosisResponse.Finding(
                        check: $0.check.rawValue,
                        subject: $0.subject,
                        state: $0.state.rawValue,
                        message: $0.message,
                        repair: $0.repair
                    )
                }
            )
        )
    }

    private static func finding(_ certificate: StatusResponse.Certificate) -> Finding {
        if let error = certificate.lastError {
            return Finding(.certificate, .fault, "\(certificate.state): \(error)", subject: certificate.name)
        }
        if certificate.state == "expired" {
            return Finding(.certificate, .fault, "expired, and its renewal is due", subject: certificate.name)
        }
        guard let remaining = certificate.expiresIn, certificate.state == "fresh" else {
            return Finding(.certificate, .unknown, "on its way for the first time", subject: certificate.name)
        }
        return Finding(.certificate, .ok, "valid for \(remaining / 60) min", subject: certificate.name)
    }

    private static func finding(_ policy: PolicyInForce) -> Finding {
        let current = policy.current
        guard let refusal = policy.lastRefusal else {
            let count = current.policy.grants.count
            return Finding(.policy, .ok, "generation \(current.generation) in force, grants: \(count)")
        }
        return Finding(
            .policy,
            .fault,
            "the last change was refused, and generation \(current.generation) stays in force: \(refusal)",
            repair: "iam-broker check"
        )
    }

    private static func finding(_ audit: StatusResponse.Audit) -> Finding {
        if audit.isFailing {
            let reason = audit.lastError.map { ": \($0)" } ?? ""
            return Finding(.auditLog, .fault, "\(audit.file) cannot be written\(reason)", repair: "df \(audit.file)")
        }
        guard audit.lost == 0 else {
            return Finding(
                .auditLog,
                .fault,
                "\(audit.lost) events since the start are not in \(audit.file)",
                repair: "iam-broker audit verify"
            )
        }
        return Finding(.auditLog, .ok, "written to \(audit.file)")
    }
}
