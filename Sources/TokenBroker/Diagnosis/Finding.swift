/// What a diagnosis says of one thing.
package struct Finding: Sendable, Equatable {
    /// What was looked at.
    package enum Check: String, Sendable, CaseIterable {
        case identity
        case metadataService = "metadata_service"
        case clock
        case iam
        case profile
        case certificate
        case policy
        case auditLog = "audit_log"
    }

    package enum State: String, Sendable, CaseIterable {
        case ok
        case fault
        /// Nobody can tell.
        case unknown
    }

    package let check: Check
    /// Which one of several, such as a profile's name.
    package let subject: String?
    package let state: State
    /// For people; it holds no secret.
    package let message: String
    /// The command that mends it, where there is one.
    package let repair: String?

    package init(
        _ check: Check,
        _ state: State,
        _ message: String,
        subject: String? = nil,
        repair: String? = nil
    ) {
        (self.check, self.subject, self.state) = (check, subject, state)
        (self.message, self.repair) = (message, repair)
    }

    /// A fault that came up while a service was asked.
    init(_ check: Check, _ error: AcquisitionError, subject: String? = nil, repair: String? = nil) {
        self.init(check, .fault, error.message, subject: subject, repair: error.repair ?? repair)
    }
}
