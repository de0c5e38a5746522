internal import ArgumentParser
internal import BrokerAPI
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

    private static func silent(_ failure: CommandFailure, _ socket: String) -> Finding {
        Finding(
            check: "daemon",
            state: "fault",
            message: failure.message,
            repair: socket == BrokerPath.adminSocket ? "sudo systemctl restart iam-broker" : nil
        )
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
