/// What to do when the metadata service gives no proper answer.
///
/// The commands are IBM's (reference: IBM API, section 6.5).
enum MetadataHint {
    static let enableCommand = "ibmcloud is instance-update <ID> --metadata-service true"
    static let enable =
        "enable it with: \(enableCommand), then stop and start the instance if it was created with the service off"
    static let hopLimit =
        "ibmcloud is instance-update <ID> --metadata-service-response-hop-limit 2"
    static let withoutNonce =
        "if this metadata service is older than 23 June 2026, set require_nonce: false for metadata in the configuration"

    /// The command against the usual cause of `failure`, where there is one.
    static func command(for failure: TransportFailure) -> String? {
        switch failure {
        case .connectTimedOut, .firstByteTimedOut, .totalTimedOut: enableCommand
        case .notConnected, .untrusted, .broken, .tooLarge, .unsendable, .cancelled: nil
        }
    }

    /// Begins with a separator, or is empty.
    static func text(for failure: TransportFailure, at url: ServiceURL) -> String {
        switch failure {
        case .connectTimedOut, .firstByteTimedOut, .totalTimedOut:
            "; silence means that the metadata service is off or the hop limit is too low: \(enable); "
                + "if it is on and the broker runs in a container, raise the hop limit with: \(hopLimit)"
        case .notConnected:
            "; check that \(url) has the protocol the service is set to (http or https, never both), "
                + "that the service is on, and that no local firewall rule rejects the broker"
        case .untrusted:
            "; check that the service is set to https, that the URL names api.metadata.cloud.ibm.com and not the "
                + "address, and that the CA file, if one is set, is of its issuer"
        case .broken, .tooLarge, .unsendable: "; check that \(url) is the metadata service"
        case .cancelled: ""
        }
    }
}
