/// A secret that prints, reflects and dumps as `<redacted>`.
///
/// ``exposed`` is the only way out: search for it to review every use.
package struct Redacted<Secret: Sendable>: Sendable {
    private let secret: Secret

    package init(_ secret: Secret) {
        self.secret = secret
    }

    /// The secret itself.
    ///
    /// The caller answers for where it goes.
    package var exposed: Secret { secret }
}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Redacted: Equatable where Secret: Equatable {}
extension Redacted: Hashable where Secret: Hashable {}
