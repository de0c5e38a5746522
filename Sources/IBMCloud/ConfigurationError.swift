/// A setting that cannot be used.
///
/// It is found when the adapters are built, before anything is sent.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
