/// Why nothing can be said about a peer.
///
/// It is then refused.
package struct AttestationError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
}
