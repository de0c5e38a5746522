/// A place where the log is not what was written.
package struct ChainFault: Sendable, Equatable {
    /// Programs switch on it.
    package enum Code: String, Sendable, CaseIterable {
        /// A line is not of the form that the broker writes.
        case notALine = "not_a_line"
        /// Lines are missing before this one.
        case gap
        /// This line, or another with its `seq`, is there twice or out of order.
        case outOfOrder = "out_of_order"
        /// `prev` is not the hash of the line before: one of the two was changed.
        case changed
        /// The lines before the first one are gone, and nothing says that the broker removed them.
        case startMissing = "start_missing"
        /// The expected head is not in the log: lines were cut off.
        case headMissing = "head_missing"
        /// The line with the number of the expected head is another one.
        case headDiffers = "head_differs"
    }

    package let code: Code
    /// The line; `nil` when it is about the log as a whole.
    package let position: LinePosition?
    /// What was expected and what was found.
    package let message: String

    init(_ code: Code, at position: LinePosition?, _ message: String) {
        self.code = code
        self.position = position
        self.message = message
    }
}

extension ChainFault: CustomStringConvertible {
    package var description: String { position.map { "\($0): \(message)" } ?? message }
}
