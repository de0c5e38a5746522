internal import TokenBroker

/// The error codes of the metadata service (reference: IBM API, section 2.4).
enum MetadataErrorCode: String, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidValue = "invalid_value"
    case missingField = "missing_field"
    case missingValue = "missing_value"
    case notFound = "not_found"
    case profileNotLinked = "profile_not_linked"
    case unknownField = "unknown_field"
    case unauthenticated
    case unauthorized
    case serviceError = "service_error"
    case invalidVersionRange = "invalid_version_range"

    var code: AcquisitionError.Code {
        switch self {
        case .profileNotLinked: .profileNotLinked
        case .unauthenticated: .identityRejected
        case .unauthorized: .metadataDisabled
        case .serviceError: .upstreamFailed
        case .invalidRequest, .invalidValue, .missingField, .missingValue, .notFound, .unknownField,
            .invalidVersionRange:
            .requestRejected
        }
    }

    /// The command that mends it, where there is one.
    func repair(of call: VPCIdentityCall) -> String? {
        switch (self, call) {
        case (.unauthorized, _): MetadataHint.enableCommand
        case (.profileNotLinked, .iamToken(let identity, let profile)):
            ProfileLinkAdvice.command(for: profile.reference, instanceCRN: identity.instanceCRN)
        default: nil
        }
    }

    /// What it means for `call`, and what to do next.
    func advice(for call: VPCIdentityCall) -> String {
        switch (self, call) {
        case (.unauthorized, _):
            "the metadata service is off for this instance; \(MetadataHint.enable)"
        case (.unauthenticated, .identityToken):
            "the service wants an identity before it gives one; check that the URL is that of the metadata service"
        case (.unauthenticated, _):
            "the identity token was not accepted, a new one is fetched; if this goes on, check the clock of this instance"
        case (.profileNotLinked, .iamToken(let identity, let profile)):
            ProfileLinkAdvice.text(for: profile.reference, instanceCRN: identity.instanceCRN)
        case (.profileNotLinked, _):
            "the service speaks of a profile that was not asked for; open a case with IBM and name the trace"
        case (.unknownField, .identityToken(nonce: .some)):
            "the service does not know the nonce; \(MetadataHint.withoutNonce)"
        case (.invalidValue, .iamToken), (.notFound, .iamToken):
            "the service does not accept the profile's id, crn or name; check it in the configuration"
        case (.invalidValue, .certificate):
            "the service does not accept the signing request: its subject must be of C, ST, L, O and OU, without extensions"
        case (.serviceError, _):
            "the metadata service failed; it is tried again by itself, open a case with IBM if it goes on"
        case (.missingField, _), (.missingValue, _):
            "the service misses a header or a member; check that nothing between here and it rewrites requests"
        case (.invalidRequest, _), (.invalidValue, _), (.notFound, _), (.unknownField, _), (.invalidVersionRange, _):
            "the service does not know the request in this form; look for a newer release of iam-broker"
        }
    }
}
