/// The metadata service of the instance as its owner set it.
package struct MetadataService: Sendable, Equatable {
    package var isEnabled = true
    package var accessProtocol = AccessProtocol.http
    package var whenDisabled = DisabledAnswer.silence

    package init(
        isEnabled: Bool = true,
        accessProtocol: AccessProtocol = .http,
        whenDisabled: DisabledAnswer = .silence
    ) {
        self.isEnabled = isEnabled
        self.accessProtocol = accessProtocol
        self.whenDisabled = whenDisabled
    }

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
