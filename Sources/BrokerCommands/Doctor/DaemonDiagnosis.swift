internal import ArgumentParser
internal import BrokerAPI
internal import Glibc
internal import JOSE
internal import NIOCore

/// What the daemon says is wrong; while it says nothing, what can be seen from here.
struct DaemonDiagnosis {
    /// What the daemon answered.
    let answer: DiagnosisResponse?
    let findings: [DiagnosisResponse.Finding]

    init(_ client: BrokerClient) async {
        do {
            let (answer, _) = try await client.get(BrokerPath.diagnosis, as: DiagnosisResponse.self)
            self.answer = answer
            let daemon = Finding(
                check: "daemon",
                state: "ok",
                message: "iam-brokerd \(answer.version) answers at \(client.socket), as uid \(answer.uid)"
            )
            findings = [daemon] + answer.findings
        } catch {
            answer = nil
            findings = [Self.silent(error, client.socket), await Self.directly(client.deadline)] + Self.unchecked
        }
    }

    private typealias Finding = DiagnosisResponse.Finding

    /// Restarting drops all tokens, so it is only proposed where nobody is there.
    private static func silent(_ failure: CommandFailure, _ socket: String) -> Finding {
        let hint = failure.hint.map { "; \($0)" } ?? ""
        let unknown = Finding(check: "daemon", state: "unknown", message: failure.message + hint)
        guard unsafe access(socket, W_OK) != 0 else { return unknown }
        switch errno {
        case ENOENT:
            let isUsual = socket == BrokerPath.adminSocket
            return Finding(
                check: "daemon",
                state: "fault",
                message: failure.message,
                repair: isUsual ? "sudo systemctl restart iam-brokerd" : nil
            )
        case EACCES:
            return Finding(
                check: "daemon",
                state: "unknown",
                message: "this user may not use \(socket)",
                repair: "sudo iam-broker doctor"
            )
        default: return unknown
        }
    }

    /// Behind the firewall this command is not the one that the metadata service answers.
    private static func directly(_ deadline: TimeAmount) async -> Finding {
        let endpoint = MetadataEndpoint.direct(
            MetadataServiceOptions.service,
            nil,
            deadline: min(deadline, .seconds(5))
        )
        do {
            let session = try await MetadataSession(with: endpoint)
            let document = try await session.document("instance", what: "instance")
            guard let settings = MetadataSettings(document.root) else {
                return Finding(check: "metadata_service", state: "unknown", message: "\(endpoint.name) answers")
            }
            return Finding(
                check: "metadata_service",
                state: "ok",
                message: "on: protocol \(settings.accessProtocol), response hop limit \(settings.hopLimit)"
            )
        } catch {
            // Where the firewall keeps this command away, the service may well be on.
            return Finding(
                check: "metadata_service",
                state: "unknown",
                message: "only the daemon can tell; without it: \(error.message)",
                repair: error.hint == MetadataEndpoint.silence
                    ? "ibmcloud is instance-update <ID> --metadata-service true" : nil
            )
        }
    }

    private static var unchecked: [Finding] {
        ["clock", "iam", "profile", "policy", "audit_log"]
            .map { Finding(check: $0, state: "unknown", message: "only the daemon can tell") }
    }
}
