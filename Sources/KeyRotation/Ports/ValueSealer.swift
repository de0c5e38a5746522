package import JOSE

/// Encrypts key values for the journal, to a key that is not in it.
package protocol ValueSealer: Sendable {
    /// Encrypts and authenticates `value` together with `context`.
    func seal(_ value: Redacted<[UInt8]>, for context: String) throws(SealError) -> [UInt8]

    /// Gives back what ``seal(_:for:)`` was given with the same context.
    ///
    /// - Throws: ``SealError`` for a box that was changed, is of another key, or of another context.
    func open(_ box: [UInt8], for context: String) throws(SealError) -> Redacted<[UInt8]>
}

/// Why a value cannot be sealed or opened.
package struct SealError: Error, Sendable, Equatable, CustomStringConvertible {
    /// For an operator; never part of a value.
    package let message: String
    package var description: String { message }

    package init(_ message: String) {
        self.message = message
    }
}
