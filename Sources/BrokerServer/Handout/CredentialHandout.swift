package import AccessPolicy
package import Logging
internal import NIOCore
package import TokenBroker
internal import WorkloadAttestation

/// Hands tokens to units through systemd, which asks in their name when it starts them.
///
/// It is judged like any workload: the process of systemd that asks runs in the unit's own control group, as root.
package struct CredentialHandout: Sendable {
    /// What a credential of one name is.
    package struct Content: Sendable {
        let profile: ProfileName
        let text: @Sendable (ReleasedToken) -> [UInt8]?

        /// `text` makes the credential of a token, or nothing when it cannot; nobody sees it but the unit.
        package init(profile: ProfileName, text: @escaping @Sendable (ReleasedToken) -> [UInt8]?) {
            (self.profile, self.text) = (profile, text)
        }
    }

    private let handout: TokenHandout
    private let contents: [String: Content]
    private let logger: Logger

    package init(broker: TokenBroker, gate: Gate, contents: [String: Content], logger: Logger) {
        handout = TokenHandout(broker: broker, gate: gate)
        (self.contents, self.logger) = (contents, logger)
    }

    /// What systemd reads: the credential, or ``refusal``.
    func credential(_ asked: UnitCredential?, for peer: any Peer) async -> ByteBuffer {
        switch await outcome(asked, for: peer) {
        case .success(let bytes):
            return ByteBuffer(bytes: bytes)
        case .failure(let reason):
            logger.warning(
                "Credential refused",
                metadata: [
                    "unit": "\(asked?.unit ?? "unknown")", "credential": "\(asked?.name ?? "unknown")",
                    "workload.uid": "\(peer.userID)", "workload.pid": "\(peer.processID)", "reason": "\(reason.text)",
                ]
            )
            return Self.refusal
        }
    }

    private struct Reason: Error {
        let text: String
    }

    private func outcome(_ asked: UnitCredential?, for peer: any Peer) async -> Result<[UInt8], Reason> {
        guard let asked else {
            return .failure(
                Reason(text: "the connection does not come from systemd: the address of its other end names no unit")
            )
        }
        guard peer.userID == 0 else {
            return .failure(Reason(text: "only the system's own systemd, which is root, asks for units"))
        }
        guard let content = contents[asked.name] else {
            return .failure(Reason(text: "no profile and no entry of 'credentials' has this name"))
        }
        do throws(AttestationError) {
            let workload = try await peer.workload(.controlGroup)
            guard workload.unit == .known(asked.unit) else {
                return .failure(
                    Reason(text: "the process that asks runs in \(Self.words(workload.unit)), not in this unit")
                )
            }
        } catch {
            return .failure(Reason(text: "\(error)"))
        }
        switch await handout.token(of: content.profile, for: peer) {
        case .success(let released):
            guard let text = content.text(released), !text.isEmpty else {
                return .failure(Reason(text: "there is nothing that the credential could hold"))
            }
            return .success(text)
        case .failure(let refusal): return .failure(Reason(text: refusal.text(content.profile)))
        }
    }

    private static func words(_ unit: Fact<String>) -> String {
        switch unit {
        case .known(let unit): unit
        case .none: "no unit"
        case .unknown(let reason): "an unknown unit (\(reason))"
        }
    }

    /// One byte more than systemd takes for a credential (1 MiB): the unit then does not start, with `status=243/CREDENTIALS`.
    ///
    /// An empty answer would be an empty credential, and the unit would start with it.
    static let refusal = ByteBuffer(repeating: 0, count: 1_048_577)
}

extension HandoutRefusal {
    /// For an operator's log.
    fileprivate func text(_ profile: ProfileName) -> String {
        switch self {
        case .notAttested(let error): "\(error)"
        case .denied(let record, let workload): Self.denial(profile, record, workload)
        case .tooOften(let record, _): Self.excess(record)
        case .locked(let message): message
        case .notConfigured: "the daemon has no profile \(profile)"
        case .auditUnavailable: Self.auditMessage
        case .noToken(let refusal): Self.absence(profile, refusal)
        }
    }
}
