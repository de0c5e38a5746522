/// The metadata service of the instance as its owner set it.
package struct MetadataService: Sendable, Equatable {
    package var isEnabled = true
    package var accessProtocol = AccessProtocol.http
    /// How many hops answers may take.
    ///
    /// Shown, not enforced.
    package var responseHopLimit = 1
    package var whenDisabled = DisabledAnswer.silence

    package init(
        isEnabled: Bool = true,
        accessProtocol: AccessProtocol = .http,
        responseHopLimit: Int = 1,
        whenDisabled: DisabledAnswer = .silence
    ) {
        self.isEnabled = isEnabled
        self.accessProtocol = accessProtocol
        self.responseHopLimit = responseHopLimit
        self.whenDisabled = whenDisabled
    }

    /// What IBM allows as hop limit.
    static let hopLimits = 1...64

    package enum AccessProtocol: String, Sendable, CaseIterable {
        case http
        case https
    }

    /// What a disabled service does: both are documented, and they contradict each other.
    package enum DisabledAnswer: String, Sendable, CaseIterable {
        /// Connections are accepted and requests read, but nothing is ever answered.
        case silence
        /// 403 `unauthorized`.
        case unauthorized
    }
}
