package import FoundationEssentials

/// What is to be done next for a plan.
package enum RotationStep: Sendable {
    /// Nothing, until this time; `nil` until somebody does something.
    case rest(until: Date?)
    /// Something becomes true without any call.
    case note(RotationChange)
    /// Call the issuer; what is written before it comes first.
    case issuer(IssuerStep, before: RotationChange?)
    /// Call the sink of this name; what is written before it comes first.
    case sink(String, SinkStep, before: RotationChange?)
    /// Ask which nodes of the fleet have the new key in use.
    case consumers
}

/// A call to the issuer, without the secrets that go with it.
package enum IssuerStep: Sendable, Hashable {
    case list
    case create(RotationID)
    case read(KeyID)
    case verify(KeyID)
    case activity(KeyID)
    case disable(KeyID)
    case enable(KeyID)
    case delete(KeyID)

    /// Whether the call changes something.
    var isChange: Bool {
        switch self {
        case .create, .disable, .enable, .delete: true
        case .list, .read, .verify, .activity: false
        }
    }
}

/// A call to a sink, without the secrets that go with it.
package enum SinkStep: Sendable, Hashable {
    case publish
    case inspect(SinkPrint)
    case restore(SinkPrint)
    case forget(SinkPrint)

    /// Whether the call changes something.
    var isChange: Bool {
        switch self {
        case .publish, .restore, .forget: true
        case .inspect: false
        }
    }
}

/// What becomes true of a plan, and how the history tells it.
package struct RotationChange: Sendable {
    /// What becomes of the sealed value.
    package enum Value: Sendable, Hashable {
        case keep
        /// One is drawn now.
        case draw
        /// It is in the answer.
        case take
        case wipe
    }

    package let state: RotationState
    package let value: Value
    /// A stable word for the history.
    package let kind: EventKind
    /// For people.
    package let detail: String
}

/// The words of the history.
package enum EventKind: String, Sendable, CaseIterable {
    case added, started, surveyed, creating, created, adopted, recovering, verified, publishing, published,
        acknowledged, released,
        waiting
    case idle, confirmed, disabling, disabled, deleting, deleted, kept, forgotten,
        finished
    case abandoning, failed, retrying, halted, paused, resumed, requested
    case rollingBack = "rolling_back"
    case restored
    case rolledBack = "rolled_back"
}
