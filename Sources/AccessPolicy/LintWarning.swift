internal import DocumentReader

/// Something in a valid policy that is probably not meant.
package struct LintWarning: Sendable, Hashable {
    package let place: SourcePlace
    /// What it is about, such as `grants[0] 'nightly-reports'`.
    package let subject: String
    package let message: String

    package init(place: SourcePlace, subject: String, message: String) {
        self.place = place
        self.subject = subject
        self.message = message
    }
}

extension LintWarning: CustomStringConvertible {
    /// On one line, and harmless on a terminal.
    package var description: String { PlainLine.escaping("\(place): warning: \(subject): \(message)") }
}
