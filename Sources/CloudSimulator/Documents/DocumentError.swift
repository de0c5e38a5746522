/// What is wrong with a JSON document that somebody wrote: an instance file, or a body sent to the control path.
package struct DocumentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where, such as `profiles[0].linked`; empty for the document as a whole.
    package let member: String
    /// What is wrong there, such as `must be true or false`.
    package let problem: String

    package var description: String { member.isEmpty ? "the document \(problem)" : "\(member) \(problem)" }
}
