package import FoundationEssentials

/// The service that makes the keys of one plan, tells how they are, and ends them.
package protocol KeyIssuer: Sendable {
    /// Carries out one call, once.
    ///
    /// Keys that the plan did not make, and that are not its ``RotationPlan/replaces``, are never changed.
    ///
    /// - Throws: ``Interruption`` when the process stops: whether the call was carried out is not known then.
    func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer

    /// What a step would send, for people who want to see it before: method, URL, and what of the body is no secret.
    func requests(for step: IssuerStep) -> [String]
}

/// The process ends: nothing more is to be done, and nothing to be concluded.
package struct Interruption: Error, Sendable, Equatable {
    package init() {}
}

/// One call to a ``KeyIssuer``.
package enum IssuerCall: Sendable {
    /// Which keys does the identity have?
    case list
    /// Makes a key of this name; with a value of ours where the service takes one.
    case create(KeyName, KeyMaterial?)
    /// What is the value of this key?
    case read(KeyID)
    /// Uses the key for real.
    case verify(KeyID, KeyMaterial)
    /// When was the key last used?
    case activity(KeyID)
    /// The key stops to work, and can be made to work again.
    case disable(KeyID)
    case enable(KeyID)
    /// The key is gone for good.
    case delete(KeyID)

    /// Whether it changes something, so that it must be written down before.
    package var isChange: Bool {
        switch self {
        case .create, .disable, .enable, .delete: true
        case .list, .read, .verify, .activity: false
        }
    }
}

/// What a ``KeyIssuer`` calls a key.
package struct KeyID: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String
    package var description: String { rawValue }

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: String) {
        self.init(rawValue: rawValue)
    }
}

/// A key as its service lists it.
package struct ListedKey: Sendable, Hashable {
    package let id: KeyID
    /// The name that its maker gave it; `nil` where it has none.
    package let name: String?
    package let createdAt: Date?
    package let isDisabled: Bool
    /// Whether it is locked against changes.
    package let isLocked: Bool

    package init(id: KeyID, name: String?, createdAt: Date?, isDisabled: Bool = false, isLocked: Bool = false) {
        (self.id, self.name, self.createdAt) = (id, name, createdAt)
        (self.isDisabled, self.isLocked) = (isDisabled, isLocked)
    }
}

/// What a ``KeyIssuer`` answers.
package enum IssuerAnswer: Sendable {
    /// To a list: all keys of the identity, also those that are not ours, the oldest first.
    case keys([ListedKey])
    /// To a creation: the key and its value.
    case created(ListedKey, KeyMaterial)
    /// To a reading.
    case material(KeyMaterial)
    /// To a question for activity; `nil` for a key that was never used.
    case lastUse(Date?)
    /// To what has no more to say.
    case done
    case fault(IssuerFault)
}

/// Why a call has no answer that helps.
package struct IssuerFault: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable, Codable {
        /// It was not sent: nothing happened.
        case notSent = "not_sent"
        /// It was sent, and no answer came that can be read: it happened, or did not.
        case unknownOutcome = "unknown_outcome"
        /// No token for the call could be had.
        case noToken = "no_token"
        /// The token was not accepted (401).
        case unauthorized
        /// The profile may not do that (403).
        case forbidden
        /// There is no such key, or not yet (404).
        case notFound = "not_found"
        /// The service's state forbids it, or the value exists already (409).
        case conflict
        /// A lock is on it (412).
        case locked
        /// The identity has as many keys as it may.
        case quotaExceeded = "quota_exceeded"
        /// The service slows us down (429).
        case rateLimited = "rate_limited"
        /// The key does not work, or not yet.
        case notUsable = "not_usable"
        /// The service does not tell the value of this key again.
        case notReadable = "not_readable"
        /// The service does not accept the call as it is.
        case rejected
        /// The service has no such call.
        case unsupported
    }

    package let code: Code
    /// For an operator: what failed, on which thing, and what to do next; never part of a secret.
    package let message: String
    /// How long the service asked to be left alone.
    package let retryAfter: TimeInterval?

    package init(_ code: Code, _ message: String, retryAfter: TimeInterval? = nil) {
        (self.code, self.message, self.retryAfter) = (code, message, retryAfter)
    }
}

extension IssuerFault {
    /// What a fault means for what is to be done next.
    package enum Meaning: Sendable {
        /// Nothing happened; the same call may succeed later.
        case later
        /// It may have happened.
        case unknown
        /// There is no such key.
        case absent
        /// Somebody has to do something first.
        case stuck
    }

    package var meaning: Meaning {
        switch code {
        case .notSent, .noToken, .unauthorized, .rateLimited, .notUsable: .later
        case .unknownOutcome: .unknown
        case .notFound: .absent
        case .forbidden, .conflict, .locked, .quotaExceeded, .notReadable, .rejected, .unsupported: .stuck
        }
    }
}
