package import SecretFiles

/// A file in which consumers find the key of a rotation plan.
package struct KeyFileSetting: Sendable {
    package let file: SecretFile
    package let content: KeyContent
    /// A program and its arguments that must end with 0 before a new content takes the old one's place; ``contentWord`` stands for
    /// the path of the new content.
    package let check: [String]?
    /// A program and its arguments that is run after it did.
    package let reload: [String]?

    package init(file: SecretFile, content: KeyContent, check: [String]? = nil, reload: [String]? = nil) {
        (self.file, self.content, self.check, self.reload) = (file, content, check, reload)
    }

    package static let contentWord = "{file}"
}
