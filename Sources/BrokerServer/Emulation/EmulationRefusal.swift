internal import AccessPolicy
internal import TokenBroker
internal import WorkloadAttestation

/// Why a caller of IBM's paths gets no token.
enum EmulationRefusal: Error, Sendable {
    /// No profile is configured that the request could mean.
    case unknown(ProfileSelection)
    /// The request is bound to one profile and means another.
    case otherProfile(ProfileName, ProfileSelection)
    case refused(ProfileName, HandoutRefusal)
}

extension MetadataError {
    init(_ refusal: EmulationRefusal, _ peer: any Peer, _ gate: Gate) {
        switch refusal {
        case .unknown(let selection): self = .invalid("profile_not_linked", selection.absence, selection.target)
        case .otherProfile(let bound, let selection):
            self = .invalid("profile_not_linked", bound.exclusiveness, selection.target)
        case .refused(let profile, let refusal): self.init(refusal, profile, peer, gate)
        }
    }

    private init(_ refusal: HandoutRefusal, _ profile: ProfileName, _ peer: any Peer, _ gate: Gate) {
        switch refusal {
        case .notAttested(let error): self.init(notAttested: error, peer, gate)
        case .denied(let record, let workload):
            // What a client of the real service sees when the profile is not for it.
            self = .invalid("profile_not_linked", Self.denial(profile, record, workload))
        case .tooOften(let record, let wait):
            self.init(status: 429, code: "too_many_requests", message: HandoutRefusal.excess(record))
            retryAfter = HandoutRefusal.retryAfter(wait)
        case .locked(let message): self = .unauthorized(message)
        case .notConfigured: self = .invalid("profile_not_linked", "profile \(profile) is not configured")
        case .auditUnavailable: self = .unavailable(HandoutRefusal.auditMessage, retryAfter: 5)
        case .noToken(let refusal):
            let seconds = HandoutRefusal.retryAfter(refusal.retryAfter)
            self = .unavailable(HandoutRefusal.absence(profile, refusal), retryAfter: seconds)
        }
    }

    init(notAttested error: AttestationError, _ peer: any Peer, _ gate: Gate) {
        let record = gate.notAttested("\(error)", peer)
        guard error.code == .busy else {
            self = .unauthorized("this process is served nothing: \(record.refusal); \(Self.hint(record))")
            return
        }
        self = .unavailable("this process cannot be attested at the moment: \(error)", retryAfter: 1)
    }

    static func denial(_ profile: ProfileName, _ record: DecisionRecord, _ workload: Workload) -> String {
        "\(HandoutRefusal.denial(profile, record, workload)); \(hint(record))"
    }

    static func hint(_ record: DecisionRecord) -> String {
        "an operator sees why with: iam-broker explain \(record.id)"
    }
}

extension IAMError {
    init(_ refusal: EmulationRefusal, isAPIKey: Bool, _ peer: any Peer, _ gate: Gate) {
        let denied: (String) -> IAMError = { isAPIKey ? .apiKeyNotFound($0) : .notEligible($0) }
        switch refusal {
        case .unknown(let selection):
            let hint = "give a profile's name, ID or CRN in place of an API key"
            self = denied(isAPIKey ? "The broker has no such profile; \(hint)" : selection.absence)
        case .otherProfile(let bound, _): self = denied(bound.exclusiveness)
        case .refused(let profile, .denied(let record, let workload)):
            self = denied(MetadataError.denial(profile, record, workload))
        case .refused:
            let error = MetadataError(refusal, peer, gate)
            switch error.status {
            case 400: self = denied(error.message)
            case 403: self = .notAuthorized(error.message)
            default: self = .failed(error.status, error.message, retryAfter: error.retryAfter ?? 1)
            }
        }
    }
}

extension ProfileName {
    fileprivate var exclusiveness: String { "here is only the profile \(self), under its name, ID or CRN" }
}

extension ProfileSelection {
    fileprivate var absence: String {
        switch self {
        case .instanceDefault:
            "the broker has no default profile; name one, or configure a profile with instance_default: true"
        case .id, .crn, .name: "the broker has no such profile; profiles are configured in /etc/iam-broker/config.yaml"
        }
    }

    fileprivate var target: MetadataError.Target? {
        switch self {
        case .instanceDefault: nil
        case .id: .init(name: "trusted_profile.id", type: .field)
        case .crn: .init(name: "trusted_profile.crn", type: .field)
        case .name: .init(name: "trusted_profile.name", type: .field)
        }
    }
}
