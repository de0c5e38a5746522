internal import Synchronization

/// What somebody made of a token to hand it out, kept with the token so that it goes when the token goes.
package final class TokenRendering: Sendable {
    private let kept = Mutex<(any AnyObject & Sendable)?>(nil)

    init() {}

    /// What was kept last; whoever kept it knows its type.
    package var value: (any AnyObject & Sendable)? {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }
}
