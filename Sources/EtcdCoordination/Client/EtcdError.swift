/// Why etcd did not do what was asked.
package struct EtcdError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// What the configuration says cannot be.
        case misconfigured
        /// No member took the call, or could do it: nothing happened.
        case unavailable
        /// It was sent, and no answer came that tells: it happened, will happen yet, or never will.
        case unknownOutcome = "unknown_outcome"
        /// User, password or permission are not what etcd wants.
        case refused
        /// The lease is no more.
        case leaseGone = "lease_gone"
        /// The revision that was asked for is not kept any more.
        case compacted
        /// etcd has no room left.
        case noSpace = "no_space"
        /// etcd does not accept the call as it is.
        case rejected
        /// The answer is longer than it may be.
        case tooLarge = "too_large"
        /// What answered is not etcd, or not one of ours.
        case unreadable
        /// The task was cancelled.
        case cancelled
    }

    package let code: Code
    /// For an operator: which endpoint, what happened, and what to do next; never a password or a token.
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }
}
