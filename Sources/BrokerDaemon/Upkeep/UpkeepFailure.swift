internal import IdentityCertificates
internal import SecretFiles
internal import TokenBroker

/// Why a file is not kept as it should be, or who uses it does not know.
struct UpkeepFailure: Error, Equatable {
    /// For people; never a key or a token.
    let message: String
    /// How long the service asked to be left alone.
    let retryAfter: Duration?
    /// Whether somebody has to change something before another attempt can work.
    let isLasting: Bool

    init(_ message: String, retryAfter: Duration? = nil, isLasting: Bool = false) {
        (self.message, self.retryAfter, self.isLasting) = (message, retryAfter, isLasting)
    }

    init(_ error: AcquisitionError) {
        self.init(error.message, retryAfter: error.retryAfter, isLasting: error.code.isLasting)
    }

    /// Of keys, chains and files.
    init(_ error: CertificateError) {
        // Someone has to change files, roots, a clock, or what answers for the metadata service.
        self.init(error.message, isLasting: true)
    }

    /// Of a file that holds a secret.
    init(_ error: SecretFileError) {
        // A full disk may have room in a second; a place that is not safe does not become so by itself.
        self.init(error.message, isLasting: error.code == .unsafePlace)
    }

    static let cancelled = UpkeepFailure("the daemon stops")
}
