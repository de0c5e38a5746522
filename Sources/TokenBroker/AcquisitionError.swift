/// Why no token could be obtained.
///
/// Programs switch on ``code``. ``message`` is for an operator: what failed, on which thing, and what to do next. It never
/// holds a token or any text that could contain one.
package struct AcquisitionError: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// The metadata service says that it is off for this instance.
        case metadataDisabled = "metadata_disabled"
        /// No connection could be made.
        case unreachable
        /// A deadline passed: connecting, waiting for the first byte, or for the whole answer.
        case timedOut = "timed_out"
        /// The profile is not linked to this compute resource, or not eligible for it.
        case profileNotLinked = "profile_not_linked"
        /// The identity token was not accepted (401).
        case identityRejected = "identity_rejected"
        /// The identity is not allowed to do this (403).
        case forbidden
        /// The service does not accept the request as it was sent: a mistake in configuration, or an API that changed.
        case requestRejected = "request_rejected"
        /// The service slows us down (429).
        case rateLimited = "rate_limited"
        /// The service failed (5xx).
        case upstreamFailed = "upstream_failed"
        /// The service answered something that cannot be used: empty, truncated, not JSON, a member missing.
        case malformedAnswer = "malformed_answer"
        /// The nonce of the identity token is not the one that was sent.
        case nonceMismatch = "nonce_mismatch"
        /// The token was obtained and did not pass verification. It was thrown away.
        case tokenRejected = "token_rejected"
        /// The file that should hold the identity token cannot be read.
        case identityUnreadable = "identity_unreadable"
        /// An operator locked the profile.
        case locked
    }

    package let code: Code
    package let message: String
    /// How long the service asked to be left alone.
    package let retryAfter: Duration?
    /// The command that mends it, where there is one; ``message`` says the same with its conditions.
    package let repair: String?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil, repair: String? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.repair = repair
    }
}

extension AcquisitionError: CustomStringConvertible {
    package var description: String { "\(code.rawValue): \(message)" }
}
