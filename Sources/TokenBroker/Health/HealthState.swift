package import AccessPolicy

/// All that health is a function of: what is so now, and nothing of what was.
package struct HealthState: Sendable, Equatable {
    package var profiles: [Profile] = []
    /// `nil`: nothing is recorded.
    package var audit: Audit?
    package var policy = Policy()
    package var listeners: [Listener] = []
    /// How long ago each event loop turned, the first loop first.
    package var eventLoops: [Duration] = []
    package var upkeep: [Upkeep] = []

    package init() {}

    /// A trusted profile.
    package struct Profile: Sendable, Equatable {
        package var name: ProfileName
        package var state: ProfileStatus.State
        /// Whether the broker obtains its token without being asked.
        package var isPrefetched = false
        /// What the last attempt failed with; `nil` once one succeeded.
        package var error: AcquisitionError?
        /// How long ago that was.
        package var sinceFailure: Duration = .zero
        /// Whether callers are told ``error`` without another attempt until ``nextAttemptIn`` is over.
        package var isBreakerOpen = false
        /// Until the broker tries again of its own accord; `nil` when it will not before somebody asks.
        package var nextAttemptIn: Duration?
        /// What is left of the token.
        package var expiresIn: Duration?
        /// Whether the lock is one of all profiles.
        package var isLockedWithAll = false

        package init(name: ProfileName, state: ProfileStatus.State) {
            (self.name, self.state) = (name, state)
        }

        /// - Parameters:
        ///   - profile: as it is configured.
        ///   - status: how it is doing.
        ///   - isLockedWithAll: whether an operator locked all profiles.
        package init(_ profile: TrustedProfile, _ status: ProfileStatus, isLockedWithAll: Bool) {
            self.init(name: profile.name, state: status.state)
            isPrefetched = profile.prefetch
            error = status.lastError
            sinceFailure = status.sinceFailure ?? .zero
            isBreakerOpen = status.breaker == .open
            nextAttemptIn = status.nextAttemptIn
            expiresIn = status.expiresIn.map { .seconds($0) }
            self.isLockedWithAll = isLockedWithAll
        }
    }

    /// The audit log.
    package struct Audit: Sendable, Equatable {
        package var file: String
        package var isFailing = false
        /// Whether nothing is handed out that cannot be recorded.
        package var isRequired = false
        package var error: String?

        package init(file: String) { self.file = file }
    }

    /// The policy in force.
    package struct Policy: Sendable, Equatable {
        package var generation: UInt64 = 1
        package var grants = 1
        /// Why the last change was refused; `nil` when it was not.
        package var refusal: String?

        package init() {}
    }

    /// A socket that the daemon is to listen on.
    package struct Listener: Sendable, Equatable {
        package var name: String
        package var isListening: Bool

        package init(name: String, isListening: Bool) {
            (self.name, self.isListening) = (name, isListening)
        }
    }

    /// Something that the daemon keeps up beside handing out tokens.
    package struct Upkeep: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable {
            case sink, certificate, rotation
        }

        package var kind: Kind
        package var name: String
        /// In the words of its own status, such as `failing`; empty when all is well.
        package var trouble: String
        package var error: String?

        package init(kind: Kind, name: String, trouble: String = "", error: String? = nil) {
            (self.kind, self.name, self.trouble, self.error) = (kind, name, trouble, error)
        }
    }
}
