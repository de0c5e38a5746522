internal import ArgumentParser
internal import IdentityCertificates
internal import JOSE

extension MetadataSession {
    /// Has a certificate signed.
    ///
    /// - Returns: what came, in PEM and in its order; nothing of it is checked.
    func certificates(
        for request: CertificateSigningRequest,
        lifetime: CertificateLifetime
    ) async throws(CommandFailure) -> [String] {
        let body = #"{"csr":\#(JSONText.string(request.pem)),"expires_in":\#(lifetime.seconds)}"#
        let answer = try await post("certificates", body: Array(body.utf8))
        guard (200..<300).contains(answer.status) else { throw refusal(answer).certificateFailure }
        let document = try? JSONDocument(parsing: answer.body, limits: JSONLimits(size: 256 * 1_024))
        let certificates = document?.root["certificates"]?.array
        let texts = certificates?.compactMap(\.string) ?? []
        guard !texts.isEmpty, texts.count == certificates?.count else {
            throw CommandFailure(.unavailable, "\(endpoint.name) answered without certificates")
        }
        return texts
    }
}

extension MetadataRefusal {
    /// What the command ends with when no certificate was signed.
    fileprivate var certificateFailure: CommandFailure {
        switch status {
        case 400: CommandFailure(.badInput, message, hint: "the subject may be one that the service does not take")
        case 403 where !endpoint.isDirect:
            CommandFailure(
                .refused,
                message,
                hint: "a grant of the policy must have certificates: true for this process"
            )
        case 404:
            CommandFailure(
                .unavailable,
                "\(endpoint.name) signs no certificates",
                hint: endpoint.isDirect ? nil : "it can when its identity comes from the metadata service"
            )
        default: failure(what: "certificate")
        }
    }
}
