import BrokerTesting
import KeyRotation

/// What a call can be answered with, other than with what it asked for.
enum FaultyAnswer: String, CaseIterable, Sendable {
    case refused
    case timeoutAfterTheChange = "timeout after the change"
    case timeoutBeforeTheChange = "timeout before the change"
    case unauthorized = "401"
    case forbidden = "403"
    case notFound = "404"
    case conflict = "409"
    case locked = "412"
    case slowDown = "429"
    case failed = "500"
    case malformed = "malformed 200"
    case duplicate

    /// What the service does not even look at.
    var instead: IssuerFault? {
        switch self {
        case .refused: IssuerFault(.notSent, "no connection could be made")
        case .timeoutBeforeTheChange: IssuerFault(.unknownOutcome, "no answer came in time")
        case .unauthorized: IssuerFault(.unauthorized, "the token was not accepted")
        case .forbidden: IssuerFault(.forbidden, "the profile may not do that; give it the role Operator")
        case .notFound: IssuerFault(.notFound, "there is no such thing")
        case .conflict: IssuerFault(.conflict, "the service's state forbids it; look at the key")
        case .locked: IssuerFault(.locked, "it is locked; unlock it")
        case .slowDown: IssuerFault(.rateLimited, "the service asks to be called less often", retryAfter: 30)
        case .failed: IssuerFault(.unknownOutcome, "the service failed")
        case .timeoutAfterTheChange, .malformed, .duplicate: nil
        }
    }

    /// What comes in place of the answer of a service that did what was asked.
    var afterwards: IssuerFault? {
        switch self {
        case .timeoutAfterTheChange: IssuerFault(.unknownOutcome, "no answer came in time")
        case .malformed: IssuerFault(.unknownOutcome, "the answer cannot be read")
        case .refused, .timeoutBeforeTheChange, .unauthorized, .forbidden, .notFound, .conflict, .locked, .slowDown,
            .failed, .duplicate:
            nil
        }
    }
}

extension IssuerCall {
    /// Which of the calls it is, without what it is about.
    var kind: String {
        switch self {
        case .list: "list"
        case .create: "create"
        case .read: "read"
        case .verify: "verify"
        case .activity: "activity"
        case .disable: "disable"
        case .enable: "enable"
        case .delete: "delete"
        }
    }
}

extension SinkCall {
    /// Which of the calls it is, without what it is about.
    var kind: String {
        switch self {
        case .publish: "publish"
        case .inspect: "inspect"
        case .restore: "restore"
        case .forget: "forget"
        }
    }
}
