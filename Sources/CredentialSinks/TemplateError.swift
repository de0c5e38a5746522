/// Why a text is no template.
package struct TemplateError: Error, Sendable, Hashable {
    /// Counted from 1.
    package let line: Int
    /// For people: what is wrong, without any value that a template may get.
    package let message: String

    init(line: Int, _ message: String) {
        (self.line, self.message) = (line, message)
    }
}

extension TemplateError: CustomStringConvertible {
    package var description: String { "line \(line): \(message)" }
}
