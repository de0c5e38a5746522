/// What to do when IAM gives no proper answer.
enum IAMHint {
    /// Begins with a separator, or is empty.
    static func text(for failure: TransportFailure) -> String {
        switch failure {
        case .connectTimedOut, .firstByteTimedOut, .totalTimedOut, .notConnected:
            "; check name resolution, routes and security groups, and whether this network needs the private endpoint "
                + "https://private.iam.cloud.ibm.com; proxies are not used"
        case .untrusted:
            "; check that the URL names the host of the certificate, and that the CA file, if one is set, is of its issuer"
        case .broken, .tooLarge, .unsendable: "; check that this is the URL of IAM"
        case .cancelled: ""
        }
    }
}
